import { z } from "zod";

/** GitHub as this source asks it; whoever joins the parts hands in a client. What it throws goes to the person as it is. */
export interface GitHubApi {
  query<T>(
    document: string,
    variables: Readonly<Record<string, unknown>>,
    schema: z.ZodType<T>,
  ): Promise<T>;
  /** All pages of a list. */
  list<T>(
    route: string,
    parameters: Readonly<Record<string, unknown>>,
    item: z.ZodType<T>,
  ): Promise<readonly T[]>;
  /** Null where GitHub answers 404 or 410. */
  find<T>(
    route: string,
    parameters: Readonly<Record<string, unknown>>,
    schema: z.ZodType<T>,
  ): Promise<T | null>;
}

/** What the service knows beyond issues; older Enterprise Servers know neither. */
export interface KnownFields {
  /** Edges "blocked by". */
  readonly dependencies: boolean;
  readonly subIssues: boolean;
}

const Repository = z.object({ nameWithOwner: z.string() });
const State = z.enum(["OPEN", "CLOSED"]).transform((word) => (word === "OPEN" ? "open" : "closed"));
/** How an issue ended; what was closed before reasons existed has none and counts as completed. */
const Reason = z
  .string()
  .nullish()
  .transform((word) => {
    if (word === "NOT_PLANNED") return "not-planned";
    return word === "DUPLICATE" ? "duplicate" : "completed";
  });

const Blocker = z.object({
  number: z.int(),
  title: z.string(),
  state: State,
  stateReason: Reason,
  repository: Repository,
  milestone: z.object({ title: z.string() }).nullish(),
});

/** Lists hold nothing in the place of what this token may not see. */
function visible<T>(nodes: readonly (T | null)[]): readonly T[] {
  return nodes.filter((node) => node !== null);
}

/** GitHub takes at most 50 blockers for one issue. `hidden` are those that this token may not see. */
const Blockers = z
  .object({ totalCount: z.int(), nodes: z.array(Blocker.nullable()) })
  .default({ totalCount: 0, nodes: [] })
  .transform(({ totalCount, nodes }) => {
    const seen = visible(nodes);
    return { nodes: seen, hidden: Math.max(0, totalCount - seen.length) };
  });

const Member = z.object({ number: z.int(), state: State, repository: Repository });
const Members = z
  .object({ totalCount: z.int(), nodes: z.array(Member.nullable()) })
  .default({ totalCount: 0, nodes: [] })
  .transform(({ totalCount, nodes }) => ({ totalCount, nodes: visible(nodes) }));

const Above = z.object({
  number: z.int(),
  title: z.string(),
  body: z.string(),
  state: State,
  repository: Repository,
  blockedBy: Blockers,
  subIssues: Members,
});
/** An issue that others are parts of. */
export type Epic = z.output<typeof Above>;

const Parent = Above.extend({ parent: Above.nullish() });

export const GitHubIssue = Above.extend({
  url: z.string(),
  stateReason: Reason,
  labels: z
    .object({ nodes: z.array(z.object({ name: z.string() })) })
    .transform(({ nodes }) => nodes.map(({ name }) => name)),
  /** Null: the account is gone. */
  author: z.object({ login: z.string() }).nullable(),
  authorAssociation: z.string(),
  parent: Parent.nullish(),
});
export type GitHubIssue = z.output<typeof GitHubIssue>;

const BLOCKED_BY = `blockedBy(first: 50) {
  totalCount
  nodes { number title state stateReason repository { nameWithOwner } milestone { title } }
}`;
const SUB_ISSUES = `subIssues(first: 100) {
  totalCount nodes { number state repository { nameWithOwner } }
}`;

/** The fields of an issue, as a fragment `Work`. */
export function issueFragment({ dependencies, subIssues }: KnownFields): string {
  const edges = [dependencies ? BLOCKED_BY : "", subIssues ? SUB_ISSUES : ""].join("\n");
  const above = `number title body state repository { nameWithOwner } ${edges}`;
  return `fragment Work on Issue {
    ${above} stateReason url
    labels(first: 100) { nodes { name } }
    author { login } authorAssociation
    ${subIssues ? `parent { ${above} parent { ${above} } }` : ""}
  }`;
}
