import type { Stream } from "../simulation/random.ts";

/** What texts of all sources are made of, and what breaks readers of texts. */
const TOKENS = [
  "## Task 1.1: A\n",
  "- [ ] T001 [P] [US1] x\n",
  "- [x] ",
  "**Depends on:** ",
  "Blocked by #",
  "T001 -> T002",
  "depends on T003",
  "```",
  "~~~~",
  "<!--",
  "-->",
  "---\n",
  "| a | b |\n|---|---|\n",
  ":",
  "{",
  "}",
  "[",
  "]",
  ",",
  '"',
  "'",
  "\\",
  "&a ",
  "*a ",
  "<<: *a\n",
  "!!js/function ",
  "? ",
  "- ",
  "> ",
  "#",
  "\t",
  "  ",
  "\n",
  "\r",
  "\r\n",
  "\0",
  "\uFEFF",
  "\u2028",
  "\uD800",
  "\\ud800",
  "\u202E",
  "é",
  "e\u0301",
  "-1",
  "0",
  "1e999",
  "99999999999999999999",
  "0x1F",
  "NaN",
  "null",
  "true",
  "__proto__",
  "constructor",
  "toString",
  "@",
  "..",
  "../",
  "../secret.md",
  "link.md",
  "linked/secret.md",
  "/etc/passwd",
  "docs/",
  "%s",
  "$(id)",
  "`id`",
  '"dependencies": [',
  '"status": "blocked"',
  '"id": 1,',
  "depends_on: ",
  "wave: ",
  "items:\n",
  "conflict_group: ",
  "(",
  ")",
  "*",
  "_",
  "~~",
] as const;

type Change = (text: string, random: Stream, other: string) => string;

const CHANGES: readonly (readonly [number, Change])[] = [
  [4, truncate],
  [6, insertToken],
  [
    6,
    withLines((lines, random) =>
      lines.toSpliced(random.between(0, lines.length - 1), random.between(1, 3)),
    ),
  ],
  [
    4,
    withLines((lines, random) => {
      const at = random.between(0, lines.length - 1);
      return lines.toSpliced(
        at,
        0,
        ...Array.from({ length: random.between(1, 4) }, () => lines[at] ?? ""),
      );
    }),
  ],
  [4, swapLines],
  [3, replaceSlice],
  [3, replaceNumber],
  [2, splice],
  [1, (text, random) => repeatAt(text, random, random.between(50, 1_500))],
  [0.1, (text, random) => repeatAt(text, random, 40_000)],
  [1, (text) => text.replaceAll("\n", "\r\n")],
  [0.5, (text) => text.replaceAll("\n", "\r")],
  [0.5, (text) => `\uFEFF${text}`],
  [0.5, (text) => text.replaceAll(" ", "\t")],
  [0.5, (text, random) => text.repeat(random.between(2, 6))],
  [0.3, () => ""],
];

/** A text with one to five changes, sometimes with flipped bytes, sometimes nothing but random bytes. */
export function mutate(text: string, random: Stream, other: string): Uint8Array {
  if (random.chance(0.02)) return randomBytes(random);
  let changed = text;
  for (let count = random.between(1, 5); count > 0; count -= 1)
    changed = pick(random)(changed, random, other).slice(0, 200_000);
  const bytes = new TextEncoder().encode(changed);
  return random.chance(0.1) ? flip(bytes, random) : bytes;
}

/** Words as somebody may type them behind `cairn run`. */
export function mutateWords(words: readonly string[], random: Stream): readonly string[] {
  const pool = [
    ...words,
    "153",
    "#154",
    "1,2",
    "m5",
    "M4.1",
    "5",
    "@link.md",
    "linked",
    "../secret.md",
    "--dispatch",
    "0",
    "a b",
    "plan.yaml#x",
    "tasks.json#other",
    "..",
    "/",
    "~",
    "",
    " ",
    ...TOKENS,
  ];
  return Array.from({ length: random.between(0, 4) }, () => {
    const word = pool[random.between(0, pool.length - 1)] ?? "";
    return random.chance(0.2) ? `${word}${pool[random.between(0, pool.length - 1)]}` : word;
  });
}

function pick(random: Stream): Change {
  const sum = CHANGES.reduce((total, [weight]) => total + weight, 0);
  let left = random.next() * sum;
  for (const [weight, change] of CHANGES) {
    left -= weight;
    if (left < 0) return change;
  }
  return truncate;
}

function truncate(text: string, random: Stream): string {
  return text.slice(0, random.between(0, text.length));
}

/** One of the texts that break readers. */
export function token(random: Stream): string {
  return TOKENS[random.between(0, TOKENS.length - 1)] ?? "";
}

function insertToken(text: string, random: Stream): string {
  const at = random.between(0, text.length);
  return text.slice(0, at) + token(random) + text.slice(at);
}

function replaceSlice(text: string, random: Stream): string {
  const at = random.between(0, text.length);
  return text.slice(0, at) + token(random) + text.slice(at + random.between(1, 40));
}

function replaceNumber(text: string, random: Stream): string {
  const numbers = [...text.matchAll(/\d+/gu)];
  const chosen = numbers[random.between(0, numbers.length - 1)];
  if (chosen === undefined) return text;
  const value =
    ["0", "1", "2", "3", "-1", "1.5", "007", "9".repeat(30), `"${chosen[0]}"`][
      random.between(0, 8)
    ] ?? "0";
  return text.slice(0, chosen.index) + value + text.slice(chosen.index + chosen[0].length);
}

function splice(text: string, random: Stream, other: string): string {
  const from = random.between(0, other.length);
  const piece = other.slice(from, from + random.between(1, 400));
  const at = random.between(0, text.length);
  return text.slice(0, at) + piece + text.slice(at);
}

/** Deep nesting and long lines: one token many times. */
function repeatAt(text: string, random: Stream, count: number): string {
  const at = random.between(0, text.length);
  return text.slice(0, at) + token(random).repeat(count) + text.slice(at);
}

function swapLines(text: string, random: Stream): string {
  const lines = text.split("\n");
  const [a, b] = [random.between(0, lines.length - 1), random.between(0, lines.length - 1)];
  return lines
    .with(a, lines[b] ?? "")
    .with(b, lines[a] ?? "")
    .join("\n");
}

function withLines(
  change: (lines: readonly string[], random: Stream) => readonly string[],
): Change {
  return (text, random) => change(text.split("\n"), random).join("\n");
}

function flip(bytes: Uint8Array, random: Stream): Uint8Array {
  const flipped = Uint8Array.from(bytes);
  for (let count = random.between(1, 8); count > 0 && flipped.length > 0; count -= 1) {
    const at = random.between(0, flipped.length - 1);
    flipped[at] = (flipped[at] ?? 0) ^ (1 << random.between(0, 7));
  }
  return flipped;
}

function randomBytes(random: Stream): Uint8Array {
  return Uint8Array.from({ length: random.between(0, 400) }, () => random.between(0, 255));
}
