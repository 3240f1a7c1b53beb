import { readCorrections } from "../../src/core/plan/corrections.ts";
import type { Plan } from "../../src/core/plan/plan.ts";
import type { Stream } from "../simulation/random.ts";
import type { Complaints } from "./check-plan.ts";
import { token } from "./mutate.ts";

const SENTENCES = [
  "A needs B",
  "A does not need B",
  "A and B are independent",
  "never A and B together",
  "drop A",
  "keep only A, B",
  "B first; A last",
  "add to A: as B says",
  "approve",
  "in parallel",
  "A blocks B unless",
];
const NONSENSE = ["xqzv", "wvkkj", "zzyx!", "Qvjx,", "kjwq.", "…", "—", "(vxq)", "vjq;"];

/** What a person may say about a plan, more or less. */
function correctionText(plan: Plan, random: Stream): string {
  const one = (choices: readonly string[]): string =>
    choices[random.between(0, choices.length - 1)] ?? "";
  const keys = plan.issues.map((issue) => issue.key);
  const sentences = Array.from({ length: random.between(1, 3) }, () =>
    one(SENTENCES).replaceAll(/\b[AB]\b/gu, () => one(keys)),
  );
  let text = sentences.join(one(["; ", ". ", "\n", " and ", ", "]));
  for (let count = random.between(0, 3); count > 0; count -= 1) {
    const at = random.between(0, text.length);
    text = text.slice(0, at) + token(random) + text.slice(at + random.between(0, 9));
  }
  return random.chance(0.02) ? text + token(random).repeat(5_000) : text;
}

/** Words without an issue and without a meaning. */
function nonsense(random: Stream): string {
  const words = Array.from(
    { length: random.between(1, 12) },
    () => NONSENSE[random.between(0, NONSENSE.length - 1)],
  );
  return words.join(" ");
}

/** What was read is about issues of this plan; what was not says why, with sentences that would be read. */
export function complaintsAboutWords(plan: Plan, random: Stream): Complaints {
  const unread = nonsense(random);
  const isRead = readCorrections(unread, plan).kind !== "unclear";
  return [
    ...(isRead ? [`"${unread}" means something`] : []),
    ...complaintsAboutText(correctionText(plan, random), plan),
  ];
}

function complaintsAboutText(text: string, plan: Plan): Complaints {
  const read = readCorrections(text, plan);
  if (read.kind === "said") return [];
  if (read.kind === "unclear") {
    const unread = read.suggestions.filter(
      (suggestion) => readCorrections(suggestion, plan).kind === "unclear",
    );
    const isShort = read.words.length <= 1_000 && read.why.length <= 1_000;
    return [
      ...(read.why.trim() === "" ? ["a correction is unclear for no reason"] : []),
      ...(isShort ? [] : ["a correction that is unclear is repeated at length"]),
      ...unread.map((suggestion) => `the suggestion "${suggestion}" is unclear`),
    ];
  }
  const known = new Set(plan.issues.map((issue) => issue.key));
  return read.corrections.flatMap((correction) => {
    const keys =
      "keys" in correction
        ? correction.keys
        : "blocker" in correction
          ? [correction.blocker, correction.dependent]
          : "key" in correction
            ? [correction.key]
            : [];
    return keys.flatMap((key) => (known.has(key) ? [] : [`${key} is corrected and nowhere`]));
  });
}
