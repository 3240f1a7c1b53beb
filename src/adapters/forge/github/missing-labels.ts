import { z } from "zod";
import type { RepositoryAt } from "./created-issues.ts";
import { REPOSITORY } from "./forge-context.ts";
import { createLabels } from "./labels.ts";

/** Labels that come into being with the first issue that has them. */
export interface MissingLabels {
  /** Those that were made, or would be. */
  readonly made: readonly string[];
  make(names: readonly string[]): Promise<void>;
}

const LabelSchema = z.object({ name: z.string() });
const GREY = "#ededed";

/** Asks once which labels there are, when the first one is needed. */
export function missingLabels(
  request: RepositoryAt & {
    /** Label -> `#B60205`. */
    readonly colours: Readonly<Record<string, string>>;
    readonly dryRun: boolean;
    readonly onStep?: (words: string) => void;
  },
): MissingLabels {
  const { client, at, colours, dryRun, onStep } = request;
  const labels = createLabels({ client, at });
  const made: string[] = [];
  let known: Set<string> | null = null;
  return {
    made,
    make: async (names) => {
      if (names.length === 0) return;
      known ??= new Set(
        (await client.list(`GET ${REPOSITORY}/labels`, at, LabelSchema)).map(({ name }) =>
          name.toLowerCase(),
        ),
      );
      for (const name of names) {
        if (known.has(name.toLowerCase())) continue;
        known.add(name.toLowerCase());
        made.push(name);
        if (dryRun) continue;
        onStep?.(`label "${name}"`);
        await labels.ensure([{ name, colour: colours[name] ?? GREY, description: "" }]);
      }
    },
  };
}
