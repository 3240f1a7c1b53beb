import { z } from "zod";
import type { Declaration, Issue, PlanFinding } from "../../../core/plan/issue.ts";
import { UserError } from "../../../errors.ts";
import type { GitHubApi } from "./api.ts";

/** An issue that others wait for and that is not among those to be brought home. */
export interface Outside {
  /** `#99`, or `owner/repo#99` of another repository. */
  readonly name: string;
  readonly title: string;
  readonly state: "open" | "closed";
  readonly closedAs: NonNullable<Issue["closedAs"]>;
  readonly milestone: string | null;
}

/** Issues named in texts that are looked up; nobody waits for more, and each costs a request. */
const LOOKED_UP_MAX = 200;

/** What GitHub answers of a repository that this token may not see, or that nobody may (403, 451). */
const HIDDEN = new Set([
  "github/forbidden",
  "github/missing-permission",
  "github/missing-scope",
  "github/not-found",
  "github/refused",
  "github/sso",
]);

const Listed = z.object({
  number: z.int(),
  title: z.string(),
  state: z.enum(["open", "closed"]),
  state_reason: z.string().nullish(),
  milestone: z.object({ title: z.string() }).nullish(),
  pull_request: z.unknown().optional(),
});
const Pull = z.object({ merged_at: z.string().nullable() });

/** `12` of `#12` or `ada/mill#12`; null for what lies elsewhere, or is no number. */
export function numberOf(target: string, repository: string): number | null {
  const [, named, number] = /^([\w-]+\/[\w.-]+)?#(\d{1,9})$/u.exec(target.trim()) ?? [];
  if (number === undefined) return null;
  const isHere = named === undefined || named.toLowerCase() === repository.toLowerCase();
  return isHere ? Number(number) : null;
}

/** How a reference is called everywhere: `#12` where it is one of this repository. */
export function canonical(target: string, repository: string): string {
  const number = numberOf(target, repository);
  return number === null ? target.trim() : `#${number}`;
}

/**
 * Looks up what texts name: issues and pull requests, of any repository the token may see. What is not found is left
 * out: an edge to it then holds. The same goes for what lies in another repository that is closed to this token.
 */
export async function lookUp(
  api: GitHubApi,
  repository: string,
  names: readonly string[],
): Promise<ReadonlyMap<string, Outside>> {
  const found = new Map<string, Outside>();
  for (const name of names.slice(0, LOOKED_UP_MAX)) {
    const [, named, number] = /^([\w-]+\/[\w.-]+)?#(\d{1,9})$/u.exec(name) ?? [];
    if (number === undefined) continue;
    const [owner, repo] = (named ?? repository).split("/");
    // One after another, as GitHub asks of programs.
    const asked = lookUpOne(api, { name, owner, repo, number: Number(number) });
    const isHere = numberOf(name, repository) !== null;
    const known = await (isHere ? asked : asked.catch(nullWhereHidden));
    if (known !== null) found.set(name, known);
  }
  return found;
}

function nullWhereHidden(error: unknown): null {
  if (error instanceof UserError && HIDDEN.has(error.code)) return null;
  throw error;
}

async function lookUpOne(
  api: GitHubApi,
  {
    name,
    owner,
    repo,
    number,
  }: {
    readonly name: string;
    readonly owner: string | undefined;
    readonly repo: string | undefined;
    readonly number: number;
  },
): Promise<Outside | null> {
  const route = "GET /repos/{owner}/{repo}/issues/{issue_number}";
  const listed = await api.find(route, { owner, repo, issue_number: number }, Listed);
  if (listed === null) return null;
  const { title, state, milestone, pull_request: pull, state_reason: reason } = listed;
  const known = { name, title, state, milestone: milestone?.title ?? null };
  if (pull == null) return { ...known, closedAs: endOf(reason ?? null) };
  const merge = await api.find(
    "GET /repos/{owner}/{repo}/pulls/{pull_number}",
    { owner, repo, pull_number: number },
    Pull,
  );
  return { ...known, closedAs: merge?.merged_at == null ? "not-planned" : "completed" };
}

function endOf(reason: string | null): Outside["closedAs"] {
  if (reason === "not_planned") return "not-planned";
  return reason === "duplicate" ? "duplicate" : "completed";
}

/** Done: it frees what waits for it. */
export function isFree({ state, closedAs }: Outside): boolean {
  return state === "closed" && closedAs === "completed";
}

/** Says of each blocker outside how it is, once for each issue that waits. */
export function outsideFindings(
  issues: readonly Issue[],
  outside: ReadonlyMap<string, Outside>,
  repository: string,
): readonly PlanFinding[] {
  const waiting = new Map<string, string[]>();
  const note = (key: string, { target, strength, reverse, dependent }: Declaration): void => {
    const name = canonical(target, repository);
    if (strength === "soft" || reverse === true || dependent !== undefined) return;
    if (!outside.has(name)) return;
    const keys = waiting.get(name) ?? [];
    if (!keys.includes(key)) keys.push(key);
    waiting.set(name, keys);
  };
  for (const { key, state, declarations } of issues) {
    if (state === "open") for (const declaration of declarations) note(key, declaration);
  }
  return [...waiting].flatMap(([name, keys]) => {
    const known = outside.get(name);
    return known === undefined ? [] : [outsideFinding(known, keys)];
  });
}

function outsideFinding(known: Outside, keys: readonly string[]): PlanFinding {
  const { name, title, milestone } = known;
  const place = milestone === null ? "in no milestone" : `in the milestone "${milestone}"`;
  return {
    code: "source/outside-blocker",
    severity: "info",
    key: keys[0] ?? name,
    message: `${keys.join(", ")} ${keys.length === 1 ? "waits" : "wait"} for ${name} "${title}" (${howItIs(known)}, ${place}).`,
    hint: `Bring ${name} home first, or remove the dependency on GitHub.`,
  };
}

function howItIs({ state, closedAs }: Outside): string {
  if (state === "open") return "open";
  return closedAs === "duplicate" ? "closed as a duplicate" : "closed as not planned";
}
