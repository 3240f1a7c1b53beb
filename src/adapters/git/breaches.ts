import type { CommitSha } from "../../core/shared/names.ts";
import type { Breach } from "../../ports/repository.ts";
import { lastMove, newestMove } from "./ref-log.ts";
import { refNamesBelow } from "./ref-names.ts";
import type { RepositoryContext } from "./repository-context.ts";

const KEPT = "refs/cairn/breach/";

/** Full names of refs that match: `main` and `release/*` mean branches, `refs/…` itself. */
export async function protectedRefs(
  context: RepositoryContext,
  patterns: readonly string[],
): Promise<Readonly<Record<string, CommitSha>>> {
  const names = protectedNames(context.commonDir, patterns);
  return names === null ? listProtectedRefs(context, patterns) : readRefs(context, names);
}

/** Names that match, refs or not; null where they cannot be told from files. */
function protectedNames(commonDir: string, patterns: readonly string[]): readonly string[] | null {
  const names = new Set<string>();
  for (const pattern of patterns.map(fullPattern)) {
    const wild = pattern.search(/[*?]/);
    const folder = pattern.slice(0, pattern.lastIndexOf("/", wild) + 1);
    const found = wild < 0 ? [pattern] : refNamesBelow(commonDir, folder);
    if (found === null) return null;
    for (const name of found) if (isProtected(name, [pattern])) names.add(name);
  }
  return [...names].toSorted();
}

async function readRefs(
  context: RepositoryContext,
  names: readonly string[],
): Promise<Readonly<Record<string, CommitSha>>> {
  const found = await Promise.all(names.map((name) => context.objects.find(name)));
  const refs: Record<string, CommitSha> = {};
  for (const [index, name] of names.entries()) {
    const id = found[index]?.id;
    if (id !== undefined) refs[name] = id;
  }
  return refs;
}

async function listProtectedRefs(
  context: RepositoryContext,
  patterns: readonly string[],
): Promise<Readonly<Record<string, CommitSha>>> {
  const answer = await context.git(["for-each-ref", "--format=%(objectname) %(refname)"]);
  const refs: Record<string, CommitSha> = {};
  for (const line of answer.text.split("\n")) {
    const space = line.indexOf(" ");
    const ref = line.slice(space + 1);
    if (space > 0 && isProtected(ref, patterns)) refs[ref] = line.slice(0, space);
  }
  return refs;
}

/** As the hook's shell reads a pattern: `*` stands for anything, slashes too, `?` for one character. */
export function isProtected(ref: string, patterns: readonly string[]): boolean {
  return patterns.some((pattern) => {
    const words = fullPattern(pattern).replaceAll(/[.+^${}()|[\]\\]/g, String.raw`\$&`);
    return new RegExp(`^${words.replaceAll("*", ".*").replaceAll("?", ".")}$`, "s").test(ref);
  });
}

function fullPattern(pattern: string): string {
  return pattern.startsWith("refs/") ? pattern : `refs/heads/${pattern}`;
}

/**
 * Puts back what a session moved. A move is the session's when the ref now stands on a commit it made, or when the
 * ref's own log says that it moved it; both are told by its committer e-mail. Only refs move: files of a checkout that
 * is on such a branch stay as they lie. `before: null`, where nobody noted how they stood: then their logs alone tell.
 * `judged`: while a commit is being judged nobody else has reason to put it on a protected branch, whatever name the
 * move was made under.
 */
export async function undoBreaches(
  context: RepositoryContext,
  before: Readonly<Record<string, CommitSha>> | null,
  patterns: readonly string[],
  committer: string,
  judged: CommitSha | null = null,
): Promise<readonly Breach[]> {
  const now = await protectedRefs(context, patterns);
  const breaches: Breach[] = [];
  for (const [ref, became] of Object.entries(now)) {
    const noted = before?.[ref] ?? null;
    if (noted === became) continue;
    const isJudged = before !== null && became === judged;
    const move = isJudged
      ? await newestMove(context, ref)
      : await lastMove(context, ref, committer);
    const isMoved = move?.became === became;
    if (!isMoved && !isJudged && (before === null || !(await isMadeBy(context, became, committer))))
      continue;
    const was = isMoved ? move.was : await below(context, became, committer, noted);
    const keptAs = keptName(ref, became);
    if (await putBack(context, { ref, was, became, keptAs }))
      breaches.push({ ref, was, became, keptAs });
  }
  if (before === null) return breaches;
  return [...breaches, ...(await undoneEarlier(context, before, breaches, committer))];
}

async function isMadeBy(
  context: RepositoryContext,
  became: CommitSha,
  committer: string,
): Promise<boolean> {
  const found = await context.objects.find(`${became}^{commit}`);
  return found !== null && mailOf((await context.objects.commit(found.id)).committer) === committer;
}

/** Commits of one session on top of each other that are walked back over; more than any session makes. */
const OWN_COMMITS_MAX = 10_000;

/**
 * Where a ref without a log goes back to: the nearest first parent the session did not make, because somebody may have
 * moved the ref between the note and the breach. A tip that is not the session's own goes back to where it was noted.
 */
async function below(
  context: RepositoryContext,
  became: CommitSha,
  committer: string,
  noted: CommitSha | null,
): Promise<CommitSha | null> {
  if (noted === null) return null; // The branch itself was the session's doing.
  let commit = became;
  for (let steps = 0; steps < OWN_COMMITS_MAX; steps += 1) {
    const header = await context.objects.commit(commit);
    if (mailOf(header.committer) !== committer) return commit === became ? noted : commit;
    const [parent] = header.parents;
    if (parent === undefined || commit === noted) return noted;
    commit = parent;
  }
  return noted;
}

/** Keeps and restores in one transaction. False: somebody else moved it in the meantime. */
async function putBack(context: RepositoryContext, breach: Breach): Promise<boolean> {
  const { ref, was, became, keptAs } = breach;
  const lines = [
    `update ${keptAs} ${became ?? ""}`,
    was === null ? `delete ${ref} ${became ?? ""}` : `update ${ref} ${was} ${became ?? ""}`,
  ];
  const answer = await context.git(["update-ref", "-m", "cairn: breach undone", "--stdin"], {
    input: `${lines.join("\n")}\n`,
    answers: [1, 128],
  });
  return answer.code === 0;
}

/** Breaches of this session whose undoing had happened before a crash: the kept refs tell. */
async function undoneEarlier(
  context: RepositoryContext,
  before: Readonly<Record<string, CommitSha>>,
  fresh: readonly Breach[],
  committer: string,
): Promise<readonly Breach[]> {
  if (refNamesBelow(context.commonDir, KEPT)?.length === 0) return [];
  const format = "--format=%(objectname) %(committeremail:trim) %(refname)";
  const answer = await context.git(["for-each-ref", format, KEPT]);
  const earlier: Breach[] = [];
  for (const line of answer.text.split("\n")) {
    const [became = "", mail, keptAs = ""] = line.split(" ");
    if (mail !== committer || fresh.some((breach) => breach.keptAs === keptAs)) continue;
    const ref = `refs/${keptAs.slice(KEPT.length, keptAs.lastIndexOf("-"))}`;
    earlier.push({ ref, was: before[ref] ?? null, became, keptAs, earlier: true });
  }
  return earlier;
}

function keptName(ref: string, commit: CommitSha): string {
  return `${KEPT}${ref.slice("refs/".length)}-${commit.slice(0, 9)}`;
}

/** The address in `Name <mail> seconds zone`. */
export function mailOf(committer: string): string | null {
  return /<([^>]*)> \d+ [+-]\d{4}$/.exec(committer)?.[1] ?? null;
}
