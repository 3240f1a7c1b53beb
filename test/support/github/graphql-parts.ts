// What every GraphQL answer is made of: pages of a connection, people, and refusals.
import type { Hub, Token } from "./hub.ts";

export interface Page {
  readonly first?: number | null;
  readonly after?: string | null;
  readonly last?: number | null;
}

/** Who asks; given to fields that not every token may read. */
export interface Asking {
  readonly token: Token;
}

/** An entry of `errors`, with GitHub's word for its kind. */
export class Refused extends Error {
  readonly type: string;
  constructor(type: string, message: string) {
    super(message);
    this.type = type;
  }
}

/** GitHub asks for a size and cuts at 100. */
const SIZE_MAX = 100;

/** A connection over all items, cut as asked; refused without a size, as the service does. */
export function connection(items: readonly object[]): (args: Page) => object {
  return ({ first, after, last }) => {
    const size = first ?? last ?? null;
    if (size === null)
      throw new Refused(
        "MISSING_PAGINATION_BOUNDARIES",
        "You must provide a `first` or `last` value to properly paginate the connection.",
      );
    if (size > SIZE_MAX)
      throw new Refused(
        "EXCESSIVE_PAGINATION",
        `Requesting ${size} records on the connection exceeds the \`first\` limit of ${SIZE_MAX} records.`,
      );
    const start = after === undefined || after === null ? 0 : Number(after) + 1;
    const until = first == null ? items.length : Math.min(items.length, start + first);
    const from = last == null ? start : Math.max(start, items.length - last);
    const nodes = items.slice(from, until);
    return {
      totalCount: items.length,
      nodes,
      edges: nodes.map((node) => ({ node })),
      pageInfo: {
        hasNextPage: until < items.length,
        hasPreviousPage: from > 0,
        endCursor: nodes.length === 0 ? null : String(from + nodes.length - 1),
        startCursor: nodes.length === 0 ? null : String(from),
      },
    };
  };
}

/** GraphQL writes bots without their suffix. */
export function actor(hub: Hub, login: string): object {
  const user = hub.users.get(login);
  return {
    __typename: user?.type ?? "User",
    login,
    id: `U_${user?.id ?? 0}`,
    databaseId: user?.id,
  };
}
