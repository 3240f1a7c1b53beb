/** What the value of a keyed line names. */
export interface ReferencesRead {
  /** `#12`, `owner/repo#12`, `4.1`, each once, in the order of the text. */
  readonly targets: readonly string[];
  /** The words say that there is nothing to wait for: `none`, `N/A`, `-`, or no words at all. */
  readonly none: boolean;
}

const NONE =
  /^(?:none|n\/?a|not applicable|nothing|nil|null|no|no dependenc(?:y|ies)|no blockers?|[-–—_*]+)?(?=$|\s*[.,;:(!–—-])/iu;
const ISSUE_URL =
  /https?:\/\/[^\s/]+\/([\w.-]+\/[\w.-]+)\/(?:-\/)?(?:issues|pulls?|merge_requests)\/(\d{1,9})(?!\d)[^\s,;)\]]*/giu;
// A number after one of these words counts pieces of something else, not issues.
const COUNTED = /(?:chunk|phase|step|child|part|round|option|wave)\s*$/iu;
const STRONG = /(?<![\w/#.-])(?:([\w.-]+\/[\w.-]+)?#(\d{1,9})|GH-(\d{1,9}))(?![\w-]|\.\d)/giu;
const ASIDE = /\((?:parent|part of|epic|see|related|closes|fixes|not\b)[^()]*\)/giu;
const ID = String.raw`\d{1,6}(?:\.\d{1,6}){0,3}[a-z]?`;
const NAMED = new RegExp(String.raw`^(?:tasks?|issues?|prs?|ticket)\s+#?(${ID})(?![\w.]*\w)`, "iu");
const BARE = new RegExp(String.raw`^(${ID})(?=$|\s*[:(\[–—]|\s+-\s)`, "iu");
const CODED = /^(?=[\w./-]*\d)([A-Za-z][\w-]*(?:[./][\w-]+)*)$/u;
const RANGE =
  /(#?)(?<![\d.])((?:\d{1,6}\.)*)(\d{1,6})\s*(?:-|–|—|\.{2,3}|to|through)\s*(#?)((?:\d{1,6}\.)*)(\d{1,6})(?![\d.]*\w)/giu;
const RANGE_MAX = 200;

/** Reads references out of words written by people. `codes` also takes single words such as `T001` or `m5/03`. */
export function readReferences(
  words: string,
  options: { readonly codes: boolean },
): ReferencesRead {
  const value = words.replaceAll(/[`*_"“”]/gu, (mark) => (mark === "_" ? "_" : "")).trim();
  if (value === "" || NONE.test(value)) return { targets: [], none: true };
  const plain = value
    .replaceAll(ISSUE_URL, (_url, repository: string, number: string) => `${repository}#${number}`)
    .replaceAll(ASIDE, " ");
  const spread = plain.replaceAll(RANGE, spreadRange);
  const targets = new Set<string>();
  for (const segment of segmentsOf(spread)) {
    for (const target of readSegment(segment, options.codes)) targets.add(target);
  }
  return { targets: [...targets], none: false };
}

function segmentsOf(value: string): readonly string[] {
  return value
    .split(/[,;·•+&]|\s(?:and|und|plus)\s/iu)
    .map((segment) =>
      segment
        .trim()
        .replace(/^(?:and|or)\s+/iu, "")
        .replace(/(?<![.!?:])[.!?:]+$/u, ""),
    )
    .filter((segment) => segment !== "");
}

function readSegment(segment: string, codes: boolean): readonly string[] {
  const named = NAMED.exec(segment)?.[1];
  if (named !== undefined) return [named.toLowerCase()];
  const strong: string[] = [];
  for (const match of segment.matchAll(STRONG)) {
    if (COUNTED.test(segment.slice(0, match.index))) continue;
    strong.push(`${match[1] ?? ""}#${Number(match[2] ?? match[3])}`);
  }
  if (strong.length > 0) return strong;
  const bare = BARE.exec(segment)?.[1];
  if (bare !== undefined) return [bare.toLowerCase()];
  const code = codes ? CODED.exec(segment)?.[1] : undefined;
  return code === undefined ? [] : [code];
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
): string {
  const [from, to] = [Number(first), Number(last)];
  // `4.1 - 2024 roadmap` and `12-03` are no ranges: both ends must be written alike and rise.
  if (mark !== secondMark || prefix !== secondPrefix || (mark === "" && prefix === ""))
    return words;
  if (to <= from || to - from > RANGE_MAX) return words;
  return Array.from({ length: to - from + 1 }, (_, step) => `${mark}${prefix}${from + step}`).join(
    ", ",
  );
}
