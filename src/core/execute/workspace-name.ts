/** What a branch name is made from; `{number}` and `{slug}` (or `{title}`, the same) stand for it in a template. */
export interface NameParts {
  readonly number: string;
  readonly title: string;
}

export const TASK_BRANCH = "feat/issue-{number}-{slug}";
export const INTEGRATION_BRANCH = "milestone/{number}-{slug}";

const SLUG_MAX = 40;
const NUMBER_MAX = 40;
const HASH_LENGTH = 6;
// Room for `refs/cairn/old/`, a short commit id and a lock's ending below the 255 bytes of a file name.
const BRANCH_MAX = 180;

/**
 * Branch of a task: a name git accepts whatever the title holds. Different numbers give different names as long as the
 * template has `{number}`.
 */
export function taskBranch(template: string, issue: NameParts): string {
  return branchFrom(template, issue, "task");
}

/** Branch a milestone's work meets on. A given `slug` is used instead of the title's. */
export function integrationBranch(
  template: string,
  milestone: NameParts & { readonly slug?: string },
): string {
  const title = milestone.slug ?? milestone.title;
  return branchFrom(template, { number: milestone.number, title }, "milestone");
}

/**
 * Lower-case ASCII words of a title, joined by dashes: 1 to 40 characters. Letters with marks lose them; where whole
 * words are lost (another script, only signs), six characters of a hash keep different titles apart.
 */
export function slugOf(title: string): string {
  const plain = title.normalize("NFKD").replaceAll(/\p{M}/gu, "").toLowerCase();
  const isLossy = /[\p{L}\p{N}]/u.test(plain.replaceAll(/[a-z0-9]/g, ""));
  const words = plain.replaceAll(/[^a-z0-9]+/g, "-").replaceAll(/^-+|-+$/g, "");
  if (words === "" || isLossy) {
    const room = SLUG_MAX - HASH_LENGTH - 1;
    return [cut(words, room), hashOf(title.normalize("NFC"))]
      .filter((part) => part !== "")
      .join("-");
  }
  return cut(words, SLUG_MAX);
}

/** `4.2-s3`: third session of task 4.2. Safe as a folder's name, whatever the key (`owner/repo#12` -> `owner-repo-12-…`). */
export function sessionName(key: string, number: number): string {
  return `${safeWord(key.replace(/^#/, ""))}-s${number}`;
}

function branchFrom(template: string, parts: NameParts, fallback: string): string {
  const number = safeWord(parts.number);
  const slug = slugOf(parts.title);
  // One pass, so that a title cannot smuggle in a placeholder.
  const filled = template.replaceAll(/\{(number|slug|title)\}/g, (_, name: string) =>
    name === "number" ? number : slug,
  );
  const name = filled
    .split("/")
    .map(safeComponent)
    .filter((part) => part !== "")
    .join("/");
  const whole = name === "" || name === "HEAD" ? `${fallback}/${number}-${slug}` : name;
  return whole.length <= BRANCH_MAX
    ? whole
    : `${trimmed(whole.slice(0, BRANCH_MAX - HASH_LENGTH - 1))}-${hashOf(whole)}`;
}

/** Number or key as one word; a hash where cleaning changed it, so that two keys never become one. */
function safeWord(word: string): string {
  const clean = safeComponent(word);
  if (clean !== "" && clean === word && clean.length <= NUMBER_MAX) return clean;
  const room = NUMBER_MAX - HASH_LENGTH - 1;
  return [trimmed(clean.slice(0, room)), hashOf(word)].filter((part) => part !== "").join("-");
}

/** One part between slashes, as git wants it: no leading dot or dash, no `..`, no `.lock` at the end. */
function safeComponent(text: string): string {
  const plain = trimmed(text.replaceAll(/[^A-Za-z0-9._-]+/g, "-").replaceAll(/\.{2,}/g, "."));
  return /\.lock$/i.test(plain) ? `${plain.slice(0, -".lock".length)}-lock` : plain;
}

function trimmed(text: string): string {
  return text.replaceAll(/^[.-]+|[./-]+$/g, "");
}

/** Cuts at a word's end where one is near, else in the middle. */
function cut(words: string, max: number): string {
  if (words.length <= max) return words;
  const dash = words.lastIndexOf("-", max);
  return trimmed(words.slice(0, dash >= max / 2 ? dash : max));
}

/** FNV-1a, 32 bits, in base 36: short and the same everywhere; nothing secret depends on it. */
function hashOf(text: string): string {
  let hash = 0x811c9dc5;
  for (let at = 0; at < text.length; at += 1) {
    hash = Math.imul(hash ^ text.charCodeAt(at), 0x01000193);
  }
  return (hash >>> 0).toString(36).padStart(HASH_LENGTH, "0").slice(-HASH_LENGTH);
}
