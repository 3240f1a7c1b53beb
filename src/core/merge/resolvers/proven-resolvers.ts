import { isWrittenByProgram } from "../../review/stops/counted-size.ts";
import type { ConflictedText } from "../conflicts/facts.ts";
import { mergeAdditions } from "../merge-additions.ts";
import { mergeImports } from "./merge-imports.ts";
import { mergeJson } from "./merge-json.ts";
import { settleWhitespace } from "./whitespace.ts";

/** A rule that needs nothing but the sides. */
export interface ProvenResolver {
  readonly name: string;
  readonly resolve: (file: ConflictedText) => string | null;
}

/**
 * The rules that are proven for a file by what is in it, in the order they are asked. `growing` names files that every
 * task adds to, as a handoff: of those alone both sides' lines are kept.
 */
export function provenResolvers(growing: readonly string[]): readonly ProvenResolver[] {
  return [
    {
      name: "additions",
      resolve: ({ path, base, ours, theirs }) =>
        growing.includes(path) ? mergeAdditions(base ?? "", ours, theirs) : null,
    },
    { name: "white space", resolve: unlessWritten(settleWhitespace) },
    { name: "import order", resolve: unlessWritten(mergeImports) },
    { name: "keyed JSON", resolve: unlessWritten(mergeJson) },
  ];
}

/** What a program writes is its to merge: it knows what else in the file depends on a line. */
function unlessWritten(resolve: ProvenResolver["resolve"]): ProvenResolver["resolve"] {
  return (file) => (isWrittenByProgram(file.path, file.ours) ? null : resolve(file));
}
