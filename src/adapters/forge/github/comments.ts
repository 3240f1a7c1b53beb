import { z } from "zod";
import type { TaskKey } from "../../../core/shared/names.ts";
import { BrokenPromise } from "../../../errors.ts";
import type { MarkedComment } from "../../../ports/forge.ts";
import { httpFailure } from "./failures.ts";
import { REPOSITORY, type ForgeContext } from "./forge-context.ts";
import { isTrusted } from "./look-people.ts";
import { change, isSameText } from "./pulls.ts";
import type { KnownPulls } from "./pulls-known.ts";
import { fittingBody } from "./text-lengths.ts";

/** Comments that are found again by a hidden line, and what is closed with one. */
export interface Comments {
  upsert(comment: MarkedComment): Promise<void>;
  closeIssue(issue: TaskKey, comment: MarkedComment): Promise<void>;
  reopenIssue(issue: TaskKey, comment: MarkedComment): Promise<void>;
  closeMilestone(): Promise<void>;
}

const Comment = z.object({
  id: z.int(),
  body: z.string().nullish(),
  user: z.object({ type: z.string() }).nullish(),
  author_association: z.string(),
});
type Comment = z.output<typeof Comment>;

const Milestone = z.object({ state: z.enum(["open", "closed"]) });
const Issue = z.object({ state: z.enum(["open", "closed"]), comments: z.int() });

/** First line of what Cairn writes; nobody sees it. */
export function hiddenMark(marker: string): string {
  return `<!-- cairn:${marker.replaceAll("-->", "--]")} -->`;
}

interface Place {
  readonly context: ForgeContext;
  readonly on: number;
  readonly mark: string;
}

export function createComments(context: ForgeContext, known: KnownPulls): Comments {
  const { client, at } = context;
  const written = new Map<string, Comment>();
  const upsert = async ({ on, marker, body }: MarkedComment, isBare: boolean): Promise<void> => {
    const mark = hiddenMark(marker);
    const place = { context, on, mark };
    const key = `${on} ${mark}`;
    const text = fittingBody(`${mark}\n${body}`);
    const there = written.get(key) ?? (isBare ? null : await find(place));
    if (there !== null && isSameText(there.body, text)) {
      written.set(key, there);
      return;
    }
    // Of what becomes of a write that fails nothing is known: the next call looks.
    written.delete(key);
    const edited = there === null ? null : await edit(place, there.id, text);
    written.set(key, edited ?? (await post(place, text)));
  };
  return {
    upsert: (comment) => {
      const isBare = known.isBare(comment.on);
      known.writesOn(comment.on);
      return upsert(comment, isBare);
    },
    closeIssue: async (issue, comment) => {
      const number = numberOf(issue);
      const place = { ...at, issue_number: number };
      const now = await client.get(`GET ${REPOSITORY}/issues/{issue_number}`, place, Issue);
      if (now.state === "closed") return;
      await upsert({ ...comment, on: number }, now.comments === 0);
      await change(context, number, { state: "closed", state_reason: "completed" });
    },
    reopenIssue: async (issue, comment) => {
      const number = numberOf(issue);
      const place = { ...at, issue_number: number };
      const now = await client.get(`GET ${REPOSITORY}/issues/{issue_number}`, place, Issue);
      await upsert({ ...comment, on: number }, now.comments === 0);
      if (now.state === "closed") await change(context, number, { state: "open" });
    },
    closeMilestone: async () => {
      const { milestone } = context;
      if (milestone === null) return;
      const route = `${REPOSITORY}/milestones/{milestone_number}`;
      const place = { ...at, milestone_number: milestone };
      const read = (): Promise<z.output<typeof Milestone>> =>
        client.get(`GET ${route}`, place, Milestone);
      if ((await read()).state === "closed") return;
      await client.write(`PATCH ${route}`, { ...place, state: "closed" }, Milestone, async () => {
        const now = await read();
        return now.state === "closed" ? now : null;
      });
    },
  };
}

/** Only of those who may write here: anybody can copy a mark that lies open in a comment's source. */
async function find({ context, on, mark }: Place): Promise<Comment | null> {
  const route = `GET ${REPOSITORY}/issues/{issue_number}/comments`;
  const all = await context.client.list(route, { ...context.at, issue_number: on }, Comment);
  const own = all.find(
    ({ body, author_association: association, user }) =>
      body?.split(/\r?\n/u, 1)[0] === mark && isTrusted(association, user?.type === "Bot"),
  );
  return own ?? null;
}

async function post(place: Place, body: string): Promise<Comment> {
  const { context, on } = place;
  const sent = { ...context.at, issue_number: on, body };
  const route = `POST ${REPOSITORY}/issues/{issue_number}/comments`;
  return context.client.write(route, sent, Comment, () => find(place));
}

/** Null: it was deleted in the meantime. */
async function edit({ context }: Place, id: number, body: string): Promise<Comment | null> {
  const { client, at } = context;
  const route = `${REPOSITORY}/issues/comments/{comment_id}`;
  const place = { ...at, comment_id: id };
  try {
    return await client.write(`PATCH ${route}`, { ...place, body }, Comment, async () => {
      const now = await client.find(`GET ${route}`, place, Comment);
      return now !== null && isSameText(now.body, body) ? now : null;
    });
  } catch (error) {
    if (httpFailure(error)?.status === 404) return null;
    throw error;
  }
}

/** `153`, `#153` */
function numberOf(issue: TaskKey): number {
  const number = /^#?(\d+)$/u.exec(issue)?.[1];
  if (number === undefined)
    throw new BrokenPromise(`${issue} is no issue of GitHub and cannot be closed there.`);
  return Number(number);
}
