import { z } from "zod";
import { redactText } from "../../process/redact.ts";
import { ActorSchema } from "./look-people.ts";

/** Words of others: a secret in them stays on GitHub, and goes into no log and no prompt. */
const Said = z.string().transform((text) => redactText(text));
const Oid = z.object({ oid: z.string() });
const PageInfo = z.object({ hasNextPage: z.boolean(), endCursor: z.string().nullable() });

/** Entries that a token may not read are null at their place. */
function nodesOf<T extends z.ZodType>(item: T) {
  return z.object({
    nodes: z
      .array(item.nullable())
      .nullish()
      .transform((nodes) => (nodes ?? []).filter((node) => node !== null)),
  });
}

function pageOf<T extends z.ZodType>(item: T) {
  return nodesOf(item).extend({ pageInfo: PageInfo });
}

const Written = z.object({
  databaseId: z.int(),
  author: ActorSchema,
  authorAssociation: z.string(),
  body: Said,
  url: z.string(),
});

const CheckRun = z.object({
  kind: z.literal("CheckRun"),
  databaseId: z.int(),
  name: z.string(),
  status: z.string(),
  conclusion: z.string().nullable(),
  title: z.string().nullable(),
  summary: z.string().nullable(),
  text: z.string().nullable(),
  detailsUrl: z.string().nullable(),
  isRequired: z.boolean(),
  checkSuite: z.object({ app: z.object({ slug: z.string() }).nullable() }),
  annotations: nodesOf(
    z.object({
      path: z.string(),
      annotationLevel: z.string().nullable(),
      message: Said,
      location: z.object({ start: z.object({ line: z.int() }) }),
    }),
  ).nullable(),
});

const StatusContext = z.object({
  kind: z.literal("StatusContext"),
  context: z.string(),
  state: z.string(),
  description: z.string().nullable(),
  targetUrl: z.string().nullable(),
  isRequired: z.boolean(),
});

const Context = z.discriminatedUnion("kind", [CheckRun, StatusContext]);

const ContextsPage = pageOf(Context);

const Review = Written.extend({
  authorCanPushToRepository: z.boolean(),
  state: z.string(),
  submittedAt: z.string().nullable(),
  commit: Oid.nullable(),
  // GitHub's own numbers have outgrown what GraphQL calls an integer.
  databaseId: z.int().nullable(),
});

const Thread = z.object({
  id: z.string(),
  isResolved: z.boolean(),
  isOutdated: z.boolean(),
  path: z.string(),
  line: z.int().nullable(),
  begun: nodesOf(Written.extend({ originalCommit: Oid.nullable() })),
  newest: nodesOf(Written),
});

const Commits = z.object({
  nodes: z.array(
    z.object({
      commit: z.object({
        oid: z.string(),
        statusCheckRollup: z.object({ contexts: ContextsPage.nullable() }).nullable(),
      }),
    }),
  ),
});

const Lists = z.object({
  commits: Commits,
  reviews: pageOf(Review),
  reviewThreads: pageOf(Thread),
  comments: pageOf(Written),
});

const SomeLists = Lists.partial();

/** One pull request as it was asked for; lists may end at a page. */
export const SeenPullSchema = Lists.extend({
  id: z.string(),
  number: z.int(),
  state: z.enum(["OPEN", "CLOSED", "MERGED"]),
  isDraft: z.boolean(),
  mergeable: z.enum(["MERGEABLE", "CONFLICTING", "UNKNOWN"]),
  reviewDecision: z.string().nullable(),
  headRefOid: z.string(),
  headRefName: z.string(),
  baseRefName: z.string(),
  mergedBy: ActorSchema,
  mergeCommit: Oid.nullable(),
  labels: nodesOf(z.object({ name: z.string() })).nullable(),
  timelineItems: nodesOf(z.object({ actor: ActorSchema.optional() })),
  reviewRequests: nodesOf(
    z.object({
      requestedReviewer: z
        .object({ login: z.string().optional(), slug: z.string().optional() })
        .nullable(),
    }),
  ).nullable(),
});

export type SeenPull = z.output<typeof SeenPullSchema>;
export type SeenContext = z.output<typeof Context>;
export type SeenCheckRun = z.output<typeof CheckRun>;
export type SeenReview = z.output<typeof Review>;
export type SeenThread = z.output<typeof Thread>;
export type SeenComment = z.output<typeof Written>;

export const SeenPullsSchema = z.object({
  repository: z.record(z.string(), SeenPullSchema.nullable()),
});

/** A page of one list; the others are not asked for. */
export const SeenPageSchema = z.object({
  repository: z.record(z.string(), SomeLists.nullable()),
});

export const ReviewersSchema = z.object({
  repository: z.object({
    pullRequests: nodesOf(z.object({ reviews: nodesOf(z.object({ author: ActorSchema })) })),
  }),
});

/** What a page of some lists may hold. */
export type SeenLists = z.output<typeof SomeLists>;

/** Where the checks of the newest commit lie; null: nothing has reported, or this token may not read it. */
export function contextsOf(lists: SeenLists): z.output<typeof ContextsPage> | null {
  return lists.commits?.nodes.at(-1)?.commit.statusCheckRollup?.contexts ?? null;
}
