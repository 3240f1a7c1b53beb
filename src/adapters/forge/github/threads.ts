import { z } from "zod";
import type { FindingAnswer } from "../../../ports/forge.ts";
import { hiddenMark } from "./comments.ts";
import { REPOSITORY, type ForgeContext } from "./forge-context.ts";
import { fittingBody } from "./text-lengths.ts";

/** A review thread, as far as answering it goes. */
export interface Thread {
  readonly id: string;
  /** Number of its first comment: what an answer is addressed to. */
  readonly first: number;
  readonly isResolved: boolean;
  /** Its comments; of a long thread the first and the newest. */
  readonly bodies: readonly string[];
}

export interface Threads {
  /** Notes threads as they were just seen: answering them takes no second look. */
  note(threads: readonly Thread[]): void;
  answer(answer: FindingAnswer): Promise<void>;
}

const Comments = z.object({ nodes: z.array(z.object({ databaseId: z.int(), body: z.string() })) });
const Page = z.object({
  repository: z.object({
    pullRequest: z.object({
      reviewThreads: z.object({
        pageInfo: z.object({ hasNextPage: z.boolean(), endCursor: z.string().nullable() }),
        nodes: z.array(
          z.object({ id: z.string(), isResolved: z.boolean(), begun: Comments, newest: Comments }),
        ),
      }),
    }),
  }),
});

const DOCUMENT = `query ($owner: String!, $repo: String!, $number: Int!, $after: String) {
  repository(owner: $owner, name: $repo) { pullRequest(number: $number) {
    reviewThreads(first: 100, after: $after) {
      pageInfo { hasNextPage endCursor }
      nodes {
        id isResolved
        begun: comments(first: 1) { nodes { databaseId body } }
        newest: comments(last: 100) { nodes { databaseId body } }
      }
    }
  } }
}`;
const RESOLVE = `mutation ($id: ID!) {
  resolveReviewThread(input: { threadId: $id }) { thread { isResolved } }
}`;

/** True where Cairn has answered in one of these texts. */
export function isAnswer(body: string): boolean {
  return body.startsWith("<!-- cairn:answer:");
}

export function createThreads(context: ForgeContext): Threads {
  const seen = new Map<string, Thread>();
  // A look that was under way meanwhile does not know of them.
  const written = new Set<string>();
  return {
    note: (threads) => {
      for (const thread of threads) seen.set(thread.id, thread);
    },
    answer: async (answer) => {
      const { threadId, pullRequest, resolves } = answer;
      const thread = seen.get(threadId) ?? (await find(context, pullRequest.number, threadId));
      // Whatever comes of it, what was seen holds no longer.
      seen.delete(threadId);
      // Deleted by whoever wrote it.
      if (thread === null) return;
      const mark = hiddenMark(`answer:${answer.key}`);
      const text = fittingBody(`${mark}\n${answer.body}`);
      if (!written.has(`${threadId} ${mark}`) && !hasMark(thread, mark))
        await reply(context, { answer, thread, mark, text });
      written.add(`${threadId} ${mark}`);
      if (resolves && !thread.isResolved) await resolve(context, answer);
      const isResolved = thread.isResolved || resolves;
      seen.set(threadId, { ...thread, isResolved, bodies: [...thread.bodies, text] });
    },
  };
}

function hasMark({ bodies }: Thread, mark: string): boolean {
  return bodies.some((body) => body.split(/\r?\n/u, 1)[0] === mark);
}

interface Reply {
  readonly answer: FindingAnswer;
  readonly thread: Thread;
  readonly mark: string;
  readonly text: string;
}

async function reply(context: ForgeContext, { answer, thread, mark, text }: Reply): Promise<void> {
  const { number } = answer.pullRequest;
  const route = `POST ${REPOSITORY}/pulls/{pull_number}/comments/{comment_id}/replies`;
  const sent = { ...context.at, pull_number: number, comment_id: thread.first, body: text };
  await context.client.write(route, sent, z.unknown(), async () => {
    const now = await find(context, number, thread.id);
    return now !== null && hasMark(now, mark) ? true : null;
  });
}

async function resolve(
  context: ForgeContext,
  { pullRequest, threadId }: FindingAnswer,
): Promise<void> {
  await context.client.mutate(RESOLVE, { id: threadId }, z.unknown(), async () => {
    const now = await find(context, pullRequest.number, threadId);
    return now?.isResolved === false ? null : true;
  });
}

async function find(
  { client, at }: ForgeContext,
  number: number,
  threadId: string,
): Promise<Thread | null> {
  for (let after: string | null = null; ;) {
    const asked: { readonly repository: z.output<typeof Page>["repository"] } = await client.query(
      DOCUMENT,
      { ...at, number, after },
      Page,
    );
    const { nodes, pageInfo } = asked.repository.pullRequest.reviewThreads;
    const found = nodes.find(({ id }) => id === threadId);
    if (found !== undefined) return asThread(found);
    if (!pageInfo.hasNextPage) return null;
    after = pageInfo.endCursor;
  }
}

type Node = z.output<typeof Page>["repository"]["pullRequest"]["reviewThreads"]["nodes"][number];

function asThread({ id, isResolved, begun, newest }: Node): Thread | null {
  const first = begun.nodes[0];
  if (first === undefined) return null;
  const bodies = [...begun.nodes, ...newest.nodes].map(({ body }) => body);
  return { id, first: first.databaseId, isResolved, bodies };
}
