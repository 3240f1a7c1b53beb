import type { StopPolicy } from "../../run/settings.ts";
import type { ChangeFacts, StopFound, StopKind } from "../change-facts.ts";
import type { ChangedFile } from "./changed-file.ts";
import { countedSize } from "./counted-size.ts";
import { licenceChanges } from "./licence/licence-changes.ts";
import { pathMatcher } from "./path-matcher.ts";
import { plainName } from "./plain-name.ts";
import { schemaChanges, type ReadYaml } from "./schema/schema-changes.ts";

export interface StopContext {
  readonly policy: StopPolicy;
  /** Labels of the issue. */
  readonly labels: readonly string[];
  /** Patterns of paths that count as tests. */
  readonly tests: readonly string[];
  /** Null: not measured, and then no condition. */
  readonly coverage: ChangeFacts["coverage"];
  readonly readYaml: ReadYaml;
}

/** So many things are named in a question; who wants them all has the change itself. */
const NAMED_MAX = 5;

/** The stop conditions a change meets, each at most once. Secrets are looked for elsewhere. */
export function findStops(
  changes: readonly ChangedFile[],
  context: StopContext,
): readonly StopFound[] {
  const { policy, tests } = context;
  const isTest = pathMatcher(tests);
  const product = changes.filter(({ path }) => !isTest(path));
  const schema = schemaChanges(product, context.readYaml);
  const licences = licenceChanges(product, policy.licence.allowed);
  return [
    ...told(
      "schema-breaking",
      "A schema changes in a way that breaks what relies on it",
      ofKind(schema, "breaking"),
    ),
    ...told("schema-additive", "A schema grows", ofKind(schema, "additive")),
    ...told(
      "licence-restrictive",
      "A licence is not among those that are allowed",
      ofKind(licences, "restrictive"),
    ),
    ...told(
      "licence-permissive",
      "A licence comes in that is allowed",
      ofKind(licences, "permissive"),
    ),
    ...crossBoundary(changes, context),
    ...largeDiff(changes, context),
    ...sensitive(changes, policy),
    ...coverage(context),
  ];
}

interface Thing {
  readonly path: string;
  readonly what: string;
}

function ofKind<K extends string>(
  things: readonly (Thing & { readonly kind: K })[],
  kind: K,
): readonly Thing[] {
  return things.filter((thing) => thing.kind === kind);
}

function told(kind: StopKind, sentence: string, things: readonly Thing[]): readonly StopFound[] {
  if (things.length === 0) return [];
  const names = things.map(({ path, what }) => `${path}: ${what}`);
  const paths = [...new Set(things.map(({ path }) => path))];
  return [{ kind, words: `${sentence}: ${listed(names)}.`, paths }];
}

function listed(names: readonly string[]): string {
  const more = names.length - NAMED_MAX;
  const shown = names.slice(0, NAMED_MAX).map((name) => plainName(name));
  return `${shown.join("; ")}${more > 0 ? `; and ${more} more` : ""}`;
}

function crossBoundary(
  changes: readonly ChangedFile[],
  { policy, labels }: StopContext,
): readonly StopFound[] {
  const own = new Set(labels.map((label) => label.toLowerCase()));
  const boundaries = Object.entries(policy.boundary.paths).filter(([label]) =>
    own.has(label.toLowerCase()),
  );
  if (boundaries.length === 0) return [];
  // Several labels: what one of them allows is allowed.
  const isInside = pathMatcher(boundaries.flatMap(([, patterns]) => patterns));
  const outside = changes.map(({ path }) => path).filter((path) => !isInside(path));
  if (outside.length === 0) return [];
  const names = boundaries.map(([label]) => label).join(", ");
  const words = `Outside of what an issue with the label ${names} may touch: ${listed(outside)}.`;
  return [{ kind: "cross-boundary", words, paths: outside }];
}

function largeDiff(
  changes: readonly ChangedFile[],
  { policy, tests }: StopContext,
): readonly StopFound[] {
  const { files, lines } = countedSize(changes, tests);
  const { files: filesMax, lines: linesMax } = policy.largeDiff;
  if (files <= filesMax && lines <= linesMax) return [];
  const words = `The change is large: ${files} files and ${lines} lines, lock files, generated files and tests left out; the limits are ${filesMax} and ${linesMax}.`;
  return [{ kind: "large-diff", words, paths: [] }];
}

function sensitive(changes: readonly ChangedFile[], policy: StopPolicy): readonly StopFound[] {
  const isSensitive = pathMatcher(policy.sensitive);
  const paths = changes.map(({ path }) => path).filter((path) => isSensitive(path));
  return paths.length === 0
    ? []
    : [{ kind: "sensitive", words: `Sensitive code is in scope: ${listed(paths)}.`, paths }];
}

function coverage({ policy, coverage: measured }: StopContext): readonly StopFound[] {
  if (measured === null || measured.total === 0) return [];
  const percent = (100 * measured.covered) / measured.total;
  if (percent >= policy.coverage.minimum) return [];
  const words = `Tests run ${measured.covered} of ${measured.total} changed lines (${Math.floor(percent)} %); the minimum is ${policy.coverage.minimum} %.`;
  return [{ kind: "coverage", words, paths: [] }];
}
