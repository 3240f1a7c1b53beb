import { z } from "zod";
import type { ForgeLabel } from "../../../ports/forge.ts";
import { httpFailure } from "./failures.ts";
import { REPOSITORY, type ForgeContext } from "./forge-context.ts";

export interface Labels {
  /** Makes those the repository lacks, with their colours; what is there keeps its look. */
  ensure(labels: readonly ForgeLabel[]): Promise<void>;
}

const Named = z.object({ name: z.string() });

/** Labels of the repository, listed once: making one takes no second look at the others. */
export function createLabels({ client, at }: Pick<ForgeContext, "client" | "at">): Labels {
  let known: Set<string> | null = null;
  const list = async (): Promise<Set<string>> => {
    known ??= new Set(
      (await client.list(`GET ${REPOSITORY}/labels`, at, Named)).map(({ name }) =>
        name.toLowerCase(),
      ),
    );
    return known;
  };
  const make = async ({ name, colour, description }: ForgeLabel): Promise<void> => {
    const sent = { ...at, name, color: colour.replace(/^#/u, "").toLowerCase(), description };
    try {
      await client.write(`POST ${REPOSITORY}/labels`, sent, Named, () =>
        client.find(`GET ${REPOSITORY}/labels/{name}`, { ...at, name }, Named),
      );
    } catch (error) {
      // Somebody made it in the meantime.
      if (httpFailure(error)?.status !== 422) throw error;
      const found = await client.find(`GET ${REPOSITORY}/labels/{name}`, { ...at, name }, Named);
      if (found === null) throw error;
    }
  };
  return {
    ensure: async (labels) => {
      if (labels.length === 0) return;
      const there = await list();
      for (const label of labels) {
        if (there.has(label.name.toLowerCase())) continue;
        await make(label);
        there.add(label.name.toLowerCase());
      }
    },
  };
}
