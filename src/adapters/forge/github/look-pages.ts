import { GraphQLRefused } from "./failures.ts";
import type { ForgeContext } from "./forge-context.ts";
import { lookDocument, pageDocument, PULLS_MAX, type ListName } from "./look-document.ts";
import {
  contextsOf,
  SeenPageSchema,
  SeenPullsSchema,
  type SeenComment,
  type SeenContext,
  type SeenLists,
  type SeenPull,
  type SeenReview,
  type SeenThread,
} from "./look-shapes.ts";
import type { z } from "zod";

/** One pull request with all pages of its lists. */
export interface WholeLook {
  readonly pull: SeenPull;
  /** Checks of the newest commit; null: this token may not read them, `refused` has GitHub's words. */
  readonly contexts: readonly SeenContext[] | null;
  readonly refused: string | null;
  readonly reviews: readonly SeenReview[];
  readonly threads: readonly SeenThread[];
  readonly comments: readonly SeenComment[];
}

/** Looks at these pull requests in one query for each 25 of them; those that are not there are left out. */
export async function lookAt(
  context: ForgeContext,
  numbers: readonly number[],
): Promise<readonly WholeLook[]> {
  const looks: WholeLook[] = [];
  for (let at = 0; at < numbers.length; at += PULLS_MAX) {
    const part = numbers.slice(at, at + PULLS_MAX);
    const { value, refused } = await ask(context, lookDocument(part), SeenPullsSchema);
    for (const number of part) {
      const name = `p${number}`;
      const pull = value.repository[name];
      if (pull != null) looks.push(await complete(context, pull, refused.get(name) ?? null));
    }
  }
  return looks;
}

interface Asked<T> {
  readonly value: T;
  /** Pull requests whose checks this token may not read, with GitHub's words. */
  readonly refused: ReadonlyMap<string, string>;
}

/** What is not there and what may not be read is left out of an answer that holds the rest. */
async function ask<T>(
  { client, at }: ForgeContext,
  document: string,
  schema: z.ZodType<T>,
): Promise<Asked<T>> {
  try {
    return { value: await client.query(document, at, schema), refused: new Map() };
  } catch (error) {
    if (!(error instanceof GraphQLRefused)) throw error;
    const read = schema.safeParse(error.data);
    const isHarmless = error.types.every((type, index) =>
      mayBeMissing(type, error.places[index] ?? []),
    );
    if (!read.success || !isHarmless) throw error;
    const forbidden = error.places.filter((_, index) => error.types[index] === "FORBIDDEN");
    const words = [...new Set(error.message.split("; "))].join("; ");
    return { value: read.data, refused: new Map(forbidden.map(([, name = ""]) => [name, words])) };
  }
}

function mayBeMissing(type: string, place: readonly string[]): boolean {
  if (type === "NOT_FOUND") return place.length === 2;
  return type === "FORBIDDEN" && place.includes("statusCheckRollup");
}

async function complete(
  context: ForgeContext,
  pull: SeenPull,
  refused: string | null,
): Promise<WholeLook> {
  const rest = <T>(list: ListName, pageOf: (lists: SeenLists) => Page<T> | null) =>
    followed(context, { pull, list, pageOf });
  return {
    pull,
    contexts: refused === null ? await rest("contexts", contextsOf) : null,
    refused,
    reviews: await rest("reviews", (lists) => lists.reviews ?? null),
    threads: await rest("reviewThreads", (lists) => lists.reviewThreads ?? null),
    comments: await rest("comments", (lists) => lists.comments ?? null),
  };
}

interface Page<T> {
  readonly nodes: readonly T[];
  readonly pageInfo: { readonly hasNextPage: boolean; readonly endCursor: string | null };
}

/** No pull request has as many pages; a service that never ends its list is not followed for ever. */
const PAGES_MAX = 50;

async function followed<T>(
  context: ForgeContext,
  asked: {
    readonly pull: SeenPull;
    readonly list: ListName;
    readonly pageOf: (lists: SeenLists) => Page<T> | null;
  },
): Promise<readonly T[]> {
  const { pull, list, pageOf } = asked;
  const items: T[] = [];
  let page = pageOf(pull);
  for (let read = 1; page !== null; read += 1) {
    items.push(...page.nodes);
    const { hasNextPage, endCursor } = page.pageInfo;
    if (!hasNextPage || endCursor === null || read === PAGES_MAX) break;
    const document = pageDocument(pull.number, list, endCursor);
    const { value } = await ask(context, document, SeenPageSchema);
    const lists = value.repository[`p${pull.number}`];
    page = lists == null ? null : pageOf(lists);
  }
  return items;
}
