import type { z } from "zod";
import { UserError } from "../../../errors.ts";
import { httpFailure } from "./failures.ts";
import type { Pace } from "./pace.ts";
import type { Headers, Parameters, Transport } from "./transport.ts";

/** GitHub's API as this adapter uses it: every answer is read by a schema, everything is paced and tried again. */
export interface GitHubClient {
  /** `GET /repos/{owner}/{repo}` and the like. */
  get<T>(route: string, parameters: Parameters, schema: z.ZodType<T>): Promise<T>;
  /** The same with the headers of the answer. */
  getWhole<T>(
    route: string,
    parameters: Parameters,
    schema: z.ZodType<T>,
  ): Promise<{ readonly value: T; readonly headers: Headers }>;
  /** Null where the service answers 404, or 410 for what was there once. */
  find<T>(route: string, parameters: Parameters, schema: z.ZodType<T>): Promise<T | null>;
  /** All pages of a list. */
  list<T>(route: string, parameters: Parameters, item: z.ZodType<T>): Promise<readonly T[]>;
  /** `happened`: see `Pace.write`. */
  write<T>(
    route: string,
    parameters: Parameters,
    schema: z.ZodType<T>,
    happened?: () => Promise<T | null>,
  ): Promise<T>;
  query<T>(document: string, variables: Parameters, schema: z.ZodType<T>): Promise<T>;
  /** `happened`: see `Pace.write`. */
  mutate<T>(
    document: string,
    variables: Parameters,
    schema: z.ZodType<T>,
    happened?: () => Promise<T | null>,
  ): Promise<T>;
}

const PAGE_SIZE = 100;
/** No milestone has as many issues; a service that never ends its list is not followed for ever. */
const PAGES_MAX = 200;

export function createClient(transport: Transport, pace: Pace): GitHubClient {
  const client: GitHubClient = {
    get: async (route, parameters, schema) =>
      (await client.getWhole(route, parameters, schema)).value,
    getWhole: async (route, parameters, schema) => {
      const { data, headers } = await pace.read(() => transport.read(route, parameters));
      return { value: readAnswer(route, data, schema), headers };
    },
    find: async (route, parameters, schema) => {
      try {
        return await client.get(route, parameters, schema);
      } catch (error) {
        const status = httpFailure(error)?.status;
        if (status === 404 || status === 410) return null;
        throw error;
      }
    },
    list: async (route, parameters, item) => listAll({ transport, pace, route, parameters, item }),
    write: (route, parameters, schema, happened) => {
      const call = async (): Promise<z.output<typeof schema>> =>
        readAnswer(route, await transport.write(route, parameters), schema);
      return pace.write(call, happened);
    },
    query: (document, variables, schema) =>
      pace.read(async () =>
        readAnswer("GraphQL", await transport.graphql(document, variables), schema),
      ),
    mutate: (document, variables, schema, happened) =>
      pace.write(
        async () => readAnswer("GraphQL", await transport.graphql(document, variables), schema),
        happened,
      ),
  };
  return client;
}

async function listAll<T>(asked: {
  readonly transport: Transport;
  readonly pace: Pace;
  readonly route: string;
  readonly parameters: Parameters;
  readonly item: z.ZodType<T>;
}): Promise<readonly T[]> {
  const { transport, pace, route, parameters, item } = asked;
  const items: T[] = [];
  for (let page = 1; page <= PAGES_MAX; page += 1) {
    const cut = { ...parameters, per_page: PAGE_SIZE, page };
    const { data, hasNext } = await pace.read(() => transport.read(route, cut));
    items.push(...readAnswer(route, data, item.array()));
    if (!hasNext) break;
  }
  return items;
}

/** A service may answer anything; what is used of it is checked. @throws UserError `github/unexpected`. */
function readAnswer<T>(route: string, data: unknown, schema: z.ZodType<T>): T {
  const read = schema.safeParse(data);
  if (read.success) return read.data;
  const first = read.error.issues[0];
  const place = first?.path.map(String).join(".") ?? "";
  throw new UserError(
    "github/unexpected",
    `GitHub answered ${route} with something else than expected: ${place} ${first?.message ?? ""}.`,
    { hints: ["If this goes on, report it with the output of `cairn doctor --json`."] },
  );
}
