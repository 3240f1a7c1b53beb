/** References to tasks in words: `T004`, `T004-T007`. */
export interface Reference {
  readonly from: string;
  /** End of a range; the same as `from` for one task. */
  readonly to: string;
}

/** "What `before` names comes before what `after` names", as a person wrote it. */
export interface Statement {
  readonly before: readonly Reference[];
  readonly after: readonly Reference[];
  readonly words: string;
}

/** A sentence about phases or stories: what it speaks of, and what that waits for or holds. */
export interface PhaseStatement {
  readonly subject: string;
  readonly relation: "after" | "before" | "nothing";
  readonly object: string;
  readonly words: string;
}

export interface SaidOrder {
  readonly tasks: readonly Statement[];
  readonly phases: readonly PhaseStatement[];
}

const WORDS_MAX = 200;
const LINE_MAX = 2000;
const AFTER = String.raw`depend(?:s|ent|ing)? (?:up)?on|requires?|needs?|after|blocked by|waits? (?:for|on)|follows?`;
const BEFORE = String.raw`(?:un)?blocks?|before|precedes?|prerequisites? (?:for|of|to)`;
const VERB = new RegExp(String.raw`\b(?:(${AFTER})|(${BEFORE}))\b`, "giu");
const RANGE =
  /\b(T\d{1,6}[a-z]?)(?:\s?(?:-|–|—|~|\.{2,3}|…|to|through)\s?(?=T)|[-–~](?=\d))(T?\d{1,6}[a-z]?)\b/giu;
const REFERENCE = /\b(T\d{1,6}[a-z]?)(?:~(T?\d{1,6}[a-z]?))?\b/giu;
const NOT =
  /\b(?:not|no|never|without|independent|regardless)\b[^,]{0,30}$|n['’]t\s+\w{0,20}\s*$/iu;
/** Words behind which a sentence speaks of something else. */
const TURN = /\b(?:but|not|except|unless|because|since|so that|only if|while)\b/iu;

/** Reads one line of a section about dependencies. Never throws; what is not clear says nothing. */
export function readSaidLine(line: string): SaidOrder {
  const text = plain(line);
  const split = /^([^:]{1,150}):\s+(.+)$/u.exec(text);
  // Without a colon the words before the verb are the subject.
  const [subject, rest] = split === null ? ["", text] : [split[1] ?? "", split[2] ?? ""];
  const tasks: Statement[] = [];
  const phases: PhaseStatement[] = [];
  for (const clause of clausesOf(rest)) {
    const chain = readChain(clause);
    if (chain.length > 0) {
      tasks.push(...chain);
      continue;
    }
    const sides = readVerb(clause);
    if (sides === null) {
      if (/\bno dependenc|\bstarts? immediately|\bnone\b/iu.test(clause))
        phases.push({
          subject: subject === "" ? clause : subject,
          relation: "nothing",
          object: "",
          words: cut(clause),
        });
      continue;
    }
    const statement = taskStatement(sides, subject, clause);
    if (statement !== null) tasks.push(statement);
    else if (!hasReference(clause)) {
      const isBare =
        sides.left
          .replaceAll(/\b(?:can|may|must|should|all|start|begin|be|complete)\b/giu, "")
          .trim() === "";
      const about = isBare || subject !== "" ? subject : sides.left;
      phases.push({
        subject: about,
        relation: sides.relation,
        object: sides.right,
        words: cut(clause),
      });
    }
  }
  return { tasks, phases };
}

/** What a task's own words say it waits for, or holds: `(depends on T012, T013)`, `blocks T009`. */
export function readTaskWords(words: string): {
  readonly waitsFor: readonly Reference[];
  readonly holds: readonly Reference[];
} {
  const text = plain(words);
  const waitsFor: Reference[] = [];
  const holds: Reference[] = [];
  const found =
    /\b(?:(depends? on|dependent on|dependenc(?:y|ies)|blocked by|waits? (?:for|on)|after|requires?|needs?)|(blocks))\b:?\s(?=T\d)/giu;
  for (const match of text.matchAll(found)) {
    const rest = text.slice(match.index + match[0].length, match.index + match[0].length + 500);
    const list =
      /^T\d{1,6}[a-z]?(?:~T?\d{1,6}[a-z]?)?(?:\s?(?:,|&|\+|and)\s?(?:and\s)?T\d{1,6}[a-z]?(?:~T?\d{1,6}[a-z]?)?)*/iu.exec(
        rest,
      );
    if (NOT.test(text.slice(Math.max(0, match.index - 60), match.index))) continue;
    (match[1] === undefined ? holds : waitsFor).push(...referencesIn(list?.[0] ?? ""));
  }
  return { waitsFor, holds };
}

function plain(line: string): string {
  return line
    .slice(0, LINE_MAX)
    .replaceAll(/\*\*|__|`/gu, "")
    .replaceAll(/\s+/gu, " ")
    .replace(/^ ?(?:[-*+>]|\d{1,3}[.)]) (?:\[[^\]]?\] )?/u, "")
    .replaceAll(RANGE, "$1~$2")
    .trim();
}

function clausesOf(text: string): readonly string[] {
  return text.split(/[.;] |[.;]$| [-–—] /u).filter((clause) => clause.trim() !== "");
}

/** `T001 → T002, T003 → T004` */
function readChain(clause: string): readonly Statement[] {
  const links = clause.split(/→|⟶|=>|->/u).map((link) => referencesIn(link));
  if (links.length < 2 || links.some((link) => link.length === 0)) return [];
  return links
    .slice(1)
    .map((after, index) => ({ before: links[index] ?? [], after, words: cut(clause) }));
}

interface Sides {
  readonly left: string;
  readonly right: string;
  readonly relation: "after" | "before";
}

function readVerb(clause: string): Sides | null {
  const [verb, next] = clause.matchAll(VERB);
  if (verb === undefined) return null;
  const left = clause.slice(0, verb.index);
  if (NOT.test(left)) return null;
  const right = clause.slice(verb.index + verb[0].length, next?.index);
  const turn = right.search(TURN);
  return {
    left,
    right: turn < 0 ? right : right.slice(0, turn),
    relation: verb[1] === undefined ? "before" : "after",
  };
}

function taskStatement(sides: Sides, subject: string, clause: string): Statement | null {
  const own = referencesIn(sides.left);
  const left = own.length > 0 ? own : referencesIn(subject);
  // Asides explain: "T001 (the parser) and T002".
  const right = referencesIn(
    sides.right.replaceAll(/\([^()]*\)/gu, (aside) => (hasReference(aside) ? aside : " ")),
  );
  if (left.length === 0 || right.length === 0) return null;
  return sides.relation === "after"
    ? { before: right, after: left, words: cut(clause) }
    : { before: left, after: right, words: cut(clause) };
}

function hasReference(words: string): boolean {
  return /\bT\d/iu.test(words);
}

function referencesIn(words: string): readonly Reference[] {
  return [...words.matchAll(REFERENCE)].map((match) => {
    const from = upper(match[1] ?? "");
    const end = match[2];
    return { from, to: end === undefined ? from : upper(/^t/iu.test(end) ? end : `T${end}`) };
  });
}

function upper(reference: string): string {
  return `T${reference.slice(1)}`;
}

function cut(words: string): string {
  return words.trim().slice(0, WORDS_MAX);
}
