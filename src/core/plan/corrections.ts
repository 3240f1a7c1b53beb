import { nearestName } from "../shared/nearest-name.ts";
import type { TaskKey } from "../shared/names.ts";
import { clausesOf, type Clause, type Unclear } from "./corrections-clauses.ts";
import { saidParts, type PieceKind, type SaidPart } from "./corrections-added.ts";
import { keyNames, tokensOf, type Token } from "./corrections-tokens.ts";
import { SAID, type Said } from "./corrections-said.ts";
import type { Relation, Remark } from "./corrections-words.ts";
import type { Plan } from "./plan.ts";

/** One thing a person wants otherwise than the plan has it; `words` are the sentence it was read from. */
export type Correction =
  | EdgeWords<"needs">
  /** The dependent no longer waits for the blocker. */
  | EdgeWords<"needs-not">
  | ListWords<"independent" | "apart" | "drop" | "keep-only" | "first" | "last">
  /** Nothing of what is proposed. */
  | { readonly kind: "parallel"; readonly words: string }
  /** For the prompt of that issue, beside its own text. */
  | {
      readonly kind: "add-words";
      readonly key: TaskKey;
      readonly text: string;
      readonly words: string;
    };

interface EdgeWords<K extends string> {
  readonly kind: K;
  readonly blocker: TaskKey;
  readonly dependent: TaskKey;
  readonly words: string;
}

interface ListWords<K extends string> {
  readonly kind: K;
  readonly keys: readonly TaskKey[];
  readonly words: string;
}

export type ReadWords =
  | { readonly kind: "read"; readonly corrections: readonly Correction[] }
  /** An answer without an issue in it; stands alone or not at all. */
  | { readonly kind: "said"; readonly word: Said }
  | {
      readonly kind: "unclear";
      /** The sentence that was not understood. */
      readonly words: string;
      readonly why: string;
      readonly suggestions: readonly string[];
    };

const TEXT_MAX = 4_000;
const CORRECTIONS_MAX = 2_000;
const WORDS_MAX = 160;
/** Read without it, `C needs B instead` would leave standing what it was meant to replace. */
const INSTEAD = '"instead" leaves open what goes: say both, like `C does not need A; C needs B`.';

/**
 * Reads what a person says about a plan, by rule: "119 needs 116; 115 and 116 are independent". One sentence that is
 * not understood makes the whole text unclear: half of what was meant is not what was meant. Never throws.
 */
export function readCorrections(text: string, plan: Pick<Plan, "issues">): ReadWords {
  const unclear = ({ words, why }: Unclear): ReadWords => ({
    kind: "unclear",
    words: words.slice(0, WORDS_MAX),
    why,
    suggestions: examplesFor(plan),
  });
  if (text.length > TEXT_MAX) {
    const why = `It has more than ${TEXT_MAX} characters; say it in parts.`;
    return unclear({ words: text, why });
  }
  const names = keyNames(plan.issues);
  const said = readAnswer(tokensOf(text, names));
  if (said === "parallel")
    return { kind: "read", corrections: [{ kind: "parallel", words: text.trim() }] };
  if (said !== null) return { kind: "said", word: said };
  const corrections: Correction[] = [];
  for (const part of saidParts(text, names, (piece) => pieceKind(tokensOf(piece, names), plan))) {
    if (part.kind === "added") {
      corrections.push(addedWords(part));
      continue;
    }
    for (const sentence of sentencesOf(tokensOf(part.text, names))) {
      const read = readSentence(sentence, plan);
      if ("why" in read) return unclear(read);
      corrections.push(...read.corrections);
      if (corrections.length > CORRECTIONS_MAX) {
        const why = `It says more than ${CORRECTIONS_MAX} things at once; say it in parts.`;
        return unclear({ words: wordsOf(sentence), why });
      }
    }
  }
  if (corrections.length > 0) return { kind: "read", corrections };
  return unclear({ words: text.trim(), why: "It says nothing about an issue of this plan." });
}

/** Sentences that would be understood, with keys of this plan. */
export function examplesFor(plan: Pick<Plan, "issues">): readonly string[] {
  const open = plan.issues.filter((issue) => issue.state === "open" && !issue.done);
  // A key with a mark that ends sentences cannot be typed in one.
  const [a, b] = open.map((issue) => issue.key).filter((key) => /^#?[\w./#-]+$/u.test(key));
  if (a === undefined || b === undefined) return ["approve", "abort"];
  return [
    `${b} needs ${a}`,
    `${b} does not need ${a}`,
    `${a} and ${b} are independent`,
    `never ${a} and ${b} together`,
    `drop ${b}`,
  ];
}

function addedWords({ key, text }: Extract<SaidPart, { kind: "added" }>): Correction {
  return { kind: "add-words", key, text, words: `${key}: ${text}`.slice(0, WORDS_MAX) };
}

/** Whether a piece behind added words says something about the plan. */
function pieceKind(tokens: readonly Token[], plan: Pick<Plan, "issues">): PieceKind {
  if (readAnswer(tokens) !== null) return "answer";
  // Names that are nobody's are ordinary in prose; looking for the nearest one for each would take its time.
  if (tokens.some(({ kind }) => kind === "stranger" || kind === "several")) return "prose";
  const sentences = sentencesOf(tokens);
  const areRead = sentences.every((sentence) => "corrections" in readSentence(sentence, plan));
  return sentences.length > 0 && areRead ? "sentence" : "prose";
}

function readAnswer(tokens: readonly Token[]): Said | null {
  const words = tokens.filter((token) => token.kind !== "end" && token.kind !== "comma");
  if (words.some((token) => token.kind !== "word")) return null;
  return SAID.get(words.map((token) => token.text).join(" ")) ?? null;
}

function sentencesOf(tokens: readonly Token[]): readonly (readonly Token[])[] {
  const sentences: Token[][] = [[]];
  for (const token of tokens) {
    if (token.kind === "end") sentences.push([]);
    else sentences.at(-1)?.push(token);
  }
  return sentences.filter((sentence) => sentence.some((token) => token.kind !== "comma"));
}

function readSentence(
  sentence: readonly Token[],
  plan: Pick<Plan, "issues">,
): { readonly corrections: readonly Correction[] } | Unclear {
  const words = wordsOf(sentence);
  const why = unknownName(sentence, plan);
  if (why !== null) return { words, why };
  if (sentence.some((token) => token.kind === "word" && token.text === "instead"))
    return { words, why: INSTEAD };
  const said = readAnswer(sentence);
  if (said !== null) {
    const alone = `"${words}" counts only alone: say first what to correct, and then that.`;
    return { words, why: alone };
  }
  const clauses = clausesOf(sentence);
  if ("why" in clauses) return { words, why: clauses.why };
  const corrections: Correction[] = [];
  for (const clause of clauses.clauses) {
    const read = correctionsOf(clause, words.slice(0, WORDS_MAX));
    if (typeof read === "string") return { words, why: read };
    corrections.push(...read);
  }
  return { corrections };
}

function unknownName(sentence: readonly Token[], plan: Pick<Plan, "issues">): string | null {
  for (const token of sentence) {
    if (token.kind === "several") {
      return `${token.text} may be ${token.keys.slice(0, 5).join(" or ")}; write the whole key.`;
    }
    if (token.kind !== "stranger") continue;
    const keys = plan.issues.map((issue) => issue.key);
    const near = nearestName(token.text, keys);
    const guess = near === null ? "" : `; did you mean ${near}?`;
    return `There is no ${token.text.slice(0, 40)} in this plan${guess === "" ? "." : guess}`;
  }
  return null;
}

/** What a clause means for each pair of issues; a sentence when it cannot be meant so. */
function correctionsOf(clause: Clause, words: string): readonly Correction[] | string {
  if ("remark" in clause) return listCorrections(clause.remark, clause.keys, words);
  const both = clause.left.find((key) => clause.right.includes(key));
  if (both !== undefined) return `${both} stands on both sides; an issue cannot wait for itself.`;
  return clause.left.flatMap((left) =>
    clause.right.map((right) => pairCorrection(clause.relation, { left, right, words })),
  );
}

function pairCorrection(
  relation: Relation,
  {
    left,
    right,
    words,
  }: { readonly left: TaskKey; readonly right: TaskKey; readonly words: string },
): Correction {
  switch (relation) {
    case "needs":
      return { kind: "needs", blocker: right, dependent: left, words };
    case "before":
      return { kind: "needs", blocker: left, dependent: right, words };
    case "needs-not":
      return { kind: "needs-not", blocker: right, dependent: left, words };
    case "before-not":
      return { kind: "needs-not", blocker: left, dependent: right, words };
    case "independent":
    case "apart":
      return { kind: relation, keys: [left, right], words };
  }
}

function listCorrections(
  remark: Remark,
  list: readonly TaskKey[],
  words: string,
): readonly Correction[] | string {
  const keys = [...new Set(list)];
  if ((remark === "independent" || remark === "apart") && keys.length < 2)
    return `${keys.join()} alone cannot be that: name two issues or more.`;
  return [{ kind: remark, keys, words }];
}

/** A sentence as it was written, near enough to be recognised. */
function wordsOf(sentence: readonly Token[]): string {
  return sentence
    .map((token) => token.text)
    .join(" ")
    .replaceAll(/ (?=[,?:])/gu, "")
    .replaceAll(/^[, ]+|[, ]+$/gu, "");
}
