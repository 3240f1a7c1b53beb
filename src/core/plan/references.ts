import { wordsOf } from "./dependency-words-table.ts";
import { isSoftware } from "./read-judgements.ts";

/** What the value of a keyed line names. */
export interface ReferencesRead {
  /** `#12`, `owner/repo#12`, `4.1`, each once, in the order of the text. */
  readonly targets: readonly string[];
  /** Those of them that the words call optional. */
  readonly soft: ReadonlySet<string>;
  /** The words say that there is nothing to wait for: `none`, `N/A`, `-`, or no words at all. */
  readonly none: boolean;
  /** The words name an issue and say that it is no blocker: `independent of #12`, `#10 (parent)`. */
  readonly denied: boolean;
}

/** References that stand beside each other: `#12, #13 and #14`. */
export interface ReferenceGroup {
  readonly targets: readonly string[];
  readonly start: number;
  readonly end: number;
}

const NONE = new RegExp(
  String.raw`^(?:${wordsOf("none")}|[-–—_*]+|✅|✔)(?=$|\s*[.,;:(!–—-])`,
  "iu",
);
// What is left of a struck-through blocker, or of one that is there no more: `(done)`, `✅ merged`, `(none)`.
const OVER =
  /^[^\p{L}\p{N}#]*(?:none|nobody|no one|done|merged|closed|resolved|landed|shipped|completed?|finished)[^\p{L}\p{N}#]*$/iu;
// What a template leaves behind: `#`, `#X`, `#___`, `[issue number]`, `e.g. #123`.
const PLACEHOLDER =
  /^(?:(?:#(?:x+|n+|_+|\?+|…|\.{3}|issue[\w-]*|id|num(?:ber)?)?|\[(?:[\s_.…?-]*|[^\]]*\b(?:issues?|numbers?|links?|urls?|ids?|none|n\/a|tbd|todo|optional|list|titles?|names?|if any|here|prs?|tickets?)\b[^\]]*)\]|\.{3}|…)(?:\s*,\s*#(?:x+|n+|_+|y+))*$|(?:e\.?g\.?|i\.?e\.?|for example|such as|example)\b)/iu;
const ISSUE_URL =
  /https?:\/\/[^\s/]+\/((?:[\w.-]+\/){1,4})(?:-\/)?(?:issues|pulls?|merge_requests)\/(\d{1,9})(?!\d)(?:[/?#][^\s,;)\]>]*)?/giu;
const BARE_URL =
  /(?<![\w/.-])(?:github\.com\/)?([\w.-]+\/[\w.-]+)\/(?:issues|pull)\/(\d{1,9})(?![\w/])/giu;
// A number after one of these words counts pieces of something else, not issues.
const COUNTED =
  /(?:chunks?|phases?|steps?|child|parts?|rounds?|options?|waves?|items?|points?|acs?|criteri(?:on|a)|questions?|milestones?|sprints?|iterations?|adrs?|rules?|findings?|sections?|chapters?|cases?|scenarios?|rows?|lines?|pages?|comments?|notes?|slots?|workers?|days?|weeks?|builds?|runs?|jobs?|decisions?|approach(?:es)?|ideas?|examples?|priority|reason|slice|stage|tier|level|batch|group|version|chapter)\s*$/iu;
const RANKED =
  /^\s+(?:priority|reason|cause|ask|concern|requested|feature request|choice|pick)\b/iu;
const STRONG =
  /(?<![\w#.&-])(?<!\D\/)(?:((?:[\w.-]+\/){1,4}[\w.-]+)?#(\d{1,9})|(?:GH-|(?:pr|mr|issue)#)(\d{1,9}))(?![\w-]|\.\d)/giu;
const ASIDE =
  /\((?:parent|part of|epic|see|related|closes|fixes|not\b|because|since|as\b|cf|for\b|from\b|blocks\b|which|while)[^()]*\)/giu;
const BRACKET = /\(([^()]*)\)/gu;
const ID = String.raw`\d{1,6}(?:\.\d{1,6}){0,3}[a-z]?`;
const NAMED = new RegExp(
  String.raw`^(?:tasks?|issues?|prs?|tickets?|stor(?:y|ies))\s+(#?${ID})(?![\w.]*\w)`,
  "iu",
);
const BARE = new RegExp(String.raw`^(${ID})(?=$|\s*[:(\[–—]|\s+-\s)`, "iu");
const CODED = /^(?=[\w./-]*\d)([A-Za-z][\w-]*(?:[./][\w-]+)*)$/u;
const RANGE =
  /(#?)(?<![\d.])((?:\d{1,6}\.)*)(\d{1,6})\s*(?:-|–|—|\.{2,3}|to|through)\s*(#?)((?:\d{1,6}\.)*)(\d{1,6})(?![\d.]*\w)/giu;
const RANGE_MAX = 200;
const OPTIONAL =
  /\b(?:soft|optional(?:ly)?|nice[ -]to[ -]have|preferabl[ey]|preferred|recommended|ideally|helpful|useful|non-?blocking|not (?:strictly |hard |a hard )?(?:required|blocking|needed|blockers?)|loosely|informational)\b/iu;
// The words of such a part speak of something else than what is waited for.
const OTHER_PART =
  /^(?:\(?(?:see|cf\.?|which|i|i['’]ve|you|can you|did you|have you|are you|related|refs?|for|part of|parent|epic|closes|fixes|tracked|discussed|as (?:described|per)|but not|not|instead of|no longer|unlike|parallel|in parallel|independent|alongside|supersed\w+|replac\w+|duplicates?|follow-?ups?|unblocks?|umbrella|sibling))\b/iu;
const DENIAL = String.raw`\b(?:independent(?:ly)? (?:of|from)|(?:in )?parallel(?:i[sz]able)? (?:with|to)|no (?:\w+ )?dependenc(?:y|ies) on|not (?:blocked|dependent|depend|gated|waiting)|(?:doesn|don|isn|aren)['’]?t|does not|do not|no longer|alongside|instead of|unlike|supersedes?|replaces?|conflicts? with|coordinates? with|overlaps? with|sibling of|similar to|follow-?ups? (?:to|of|from)|unblocked by|not on)\b[^#]{0,40}`;
const NEGATED = new RegExp(`${DENIAL}$`, "iu");
const NEGATED_REFERENCE = new RegExp(`${DENIAL}#\\d`, "iu");
// `#10 (parent epic)` in a list of dependencies
const PARENTAL =
  /[\w./-]{0,100}#\d{1,9}\s*(?:\(\s*(?:the\s+|this\s+)?(?:parent|epic|umbrella|tracking|meta)\b(?![^()]*#\d)[^()]{0,80}\)|[–—-]\s+(?:the\s+)?parent\b)/giu;
const WITHIN_GROUP = /^\s*(?:[,&+/|]|,?\s*(?:and|or|und|plus|et|y|e)\s)?\s*(?:prs?|issues?)?\s*$/iu;

/** Addresses of issues and pull requests as `owner/repo#12`. */
export function writeOutAddresses(words: string): string {
  if (!words.includes("/")) return words;
  return words
    .replaceAll(
      ISSUE_URL,
      // GitLab sets `-` between the project and what belongs to it.
      (_url, folders: string, number: string) => `${folders.replace(/(?:\/-)?\/$/u, "")}#${number}`,
    )
    .replaceAll(BARE_URL, "$1#$2");
}

/** References of a line in groups, with their places; the line's addresses must be written out. */
export function referenceGroups(line: string): readonly ReferenceGroup[] {
  const groups: { targets: string[]; start: number; end: number }[] = [];
  for (const match of line.matchAll(STRONG)) {
    const end = match.index + match[0].length;
    const number = Number(match[2] ?? match[3]);
    const before = line.slice(Math.max(0, match.index - 24), match.index);
    if (number === 0 || COUNTED.test(before) || RANKED.test(line.slice(end, end + 24))) continue;
    const target = `${match[1] ?? ""}#${number}`;
    const last = groups.at(-1);
    const between = last === undefined ? "" : line.slice(last.end, match.index);
    if (last !== undefined && between.length < 24 && WITHIN_GROUP.test(between)) {
      last.targets.push(target);
      last.end = end;
    } else groups.push({ targets: [target], start: match.index, end });
  }
  return groups;
}

/** The references with which a line begins: `#12 — the parser`, `PR #12 and #13: …`; none when it begins otherwise. */
export function leadingReferences(line: string): readonly string[] {
  const first = referenceGroups(writeOutAddresses(line.slice(0, 300)))[0];
  if (first === undefined) return [];
  const before = writeOutAddresses(line.slice(0, 300)).slice(0, first.start);
  return /^[^\p{L}\p{N}]*(?:(?:prs?|issues?|tasks?|tickets?)\s+)?$/iu.test(before)
    ? first.targets
    : [];
}

/** The one issue that the words name; null where they name none or, as in "Epics: #1, #2", several. */
export function onlyReference(words: string): string | null {
  const groups = referenceGroups(writeOutAddresses(words));
  const [only, ...more] = new Set(groups.flatMap(({ targets }) => targets));
  return only === undefined || more.length > 0 ? null : only;
}

/** Reads references out of words written by people. `codes` also takes single words such as `T001` or `m5/03`. */
export function readReferences(
  words: string,
  options: { readonly codes: boolean },
): ReferencesRead {
  const value = words.replaceAll(/[`*"“”\uE000]/gu, "").trim();
  const nothing: ReferencesRead = { targets: [], soft: new Set(), none: true, denied: false };
  if (value === "" || NONE.test(value) || OVER.test(value) || PLACEHOLDER.test(value))
    return nothing;
  // `acme/lib #12` is meant as `acme/lib#12`.
  const written = writeOutAddresses(unbracketed(value)).replaceAll(
    /(?<![\w/.-])([\w-]{1,40}\/[\w-]{1,100}) #(?=\d)/gu,
    "$1#",
  );
  const kept = written.replaceAll(PARENTAL, " ");
  const plain = kept.replaceAll(ASIDE, " ").replaceAll(RANGE, spreadRange);
  const targets = new Set<string>();
  const soft = new Set<string>();
  for (const segment of segmentsOf(plain)) {
    const optional = OPTIONAL.test(segment);
    for (const target of readSegment(segment, options.codes)) {
      if (optional && !targets.has(target)) soft.add(target);
      targets.add(target);
    }
  }
  const denied =
    targets.size === 0 &&
    (kept !== written ||
      NEGATED_REFERENCE.test(plain) ||
      (OTHER_PART.test(plain) && plain.includes("#")));
  return { targets: [...targets], soft, none: false, denied };
}

// What stands in a list of blockers like one more of them: `the new API`, `Phase 2`.
const LIKE_A_BLOCKER =
  /^(?:(?:the|an?|our|new)\s+\p{L}|\p{Lu}[\p{L}\d]|[\p{L}-]{1,30}\s+sign-?off)[^:#.!?]{0,80}$/u;
const OVER_OR_SAID =
  /\b(?:done|merged|closed|resolved|landed|shipped|completed?|finished|is|are|was|were|has|have|will|can|should|must)\b/iu;

/**
 * Parts of a list of issues that name none and are said like a blocker: `#12, the new API`. They hold nothing, but
 * are not passed over in silence.
 */
export function unreadParts(words: string): readonly string[] {
  const value = words.replaceAll(/[`*"“”\uE000]/gu, "").trim();
  return segmentsOf(writeOutAddresses(unbracketed(value))).filter(
    (segment) =>
      LIKE_A_BLOCKER.test(segment) &&
      !/[#/]\d/u.test(segment) &&
      !OVER_OR_SAID.test(segment) &&
      !NONE.test(segment) &&
      !OPTIONAL.test(segment) &&
      readSegment(segment, true).length === 0 &&
      !OTHER_PART.test(segment) &&
      !isSoftware(segment),
  );
}

/** `[1, 2]` is a list, as YAML writes it. */
function unbracketed(value: string): string {
  return /^\[[^[\]]*\]$/u.test(value) ? value.slice(1, -1) : value;
}

/** Parts of a value; a bracket stays whole with what stands in front of it. */
function segmentsOf(value: string): readonly string[] {
  const segments: string[] = [];
  let depth = 0;
  let from = 0;
  for (const match of value.matchAll(
    /[()]|[,;·•+&、，；|]|\s(?:and|und|plus|et|y|then|as well as|(?:along|together) with)\s/giu,
  )) {
    if (match[0] === "(") depth += 1;
    else if (match[0] === ")") depth = Math.max(0, depth - 1);
    else if (depth === 0) {
      segments.push(value.slice(from, match.index));
      from = match.index + match[0].length;
    }
  }
  segments.push(value.slice(from));
  return segments
    .map((segment) =>
      segment
        .trim()
        .replace(/^(?:and|or)\s+/iu, "")
        .replace(/(?<![.!?:])[.!?:]+$/u, ""),
    )
    .filter((segment) => segment !== "");
}

function readSegment(segment: string, codes: boolean): readonly string[] {
  if (OTHER_PART.test(segment)) return [];
  const named = NAMED.exec(segment)?.[1];
  if (named !== undefined) return [named.toLowerCase()];
  const outside = segment.replaceAll(BRACKET, " ");
  const strong = firstReferences(outside);
  if (strong.length > 0) return [...strong, ...inBrackets(segment)];
  const bracketed = [...segment.matchAll(BRACKET)].flatMap((bracket) =>
    firstReferences(bracket[1] ?? ""),
  );
  if (bracketed.length > 0) return bracketed;
  const bare = BARE.exec(segment)?.[1];
  if (bare !== undefined) return [bare.toLowerCase()];
  const code = codes ? CODED.exec(segment)?.[1] : undefined;
  return code === undefined ? [] : [code];
}

/** The first references of a part: later ones are mostly told about (`#12, which replaces #9`). */
function firstReferences(words: string): readonly string[] {
  const first = referenceGroups(words)[0];
  return first === undefined || NEGATED.test(words.slice(0, first.start)) ? [] : first.targets;
}

/** `#12 (and #13)` */
function inBrackets(segment: string): readonly string[] {
  return [...segment.matchAll(BRACKET)].flatMap((bracket) =>
    /^(?:and|plus|also|\+|&)\s*[\w./-]*#\d/iu.test(bracket[1] ?? "")
      ? firstReferences(bracket[1] ?? "")
      : [],
  );
}

/** `#12-#14` names three issues, `4.1–4.3` three tasks; what cannot be counted stays as it is and is reported. */
function spreadRange(
  words: string,
  mark: string,
  prefix: string,
  first: string,
  secondMark: string,
  secondPrefix: string,
  last: string,
  offset: number,
  value: string,
): string {
  const [from, to] = [Number(first), Number(last)];
  // `4.1 - 2024 roadmap` and `12-03` are no ranges: both ends must be written alike and rise.
  if (mark !== secondMark || prefix !== secondPrefix || (mark === "" && prefix === ""))
    return words;
  // "from 4.17.20 to 4.17.21" tells of versions.
  if (mark === "" && !/(?:^|[,;(]|tasks?|issues?|\band)\s*$/iu.test(value.slice(0, offset)))
    return words;
  if (to <= from || to - from > RANGE_MAX) return words;
  return Array.from({ length: to - from + 1 }, (_, step) => `${mark}${prefix}${from + step}`).join(
    ", ",
  );
}
