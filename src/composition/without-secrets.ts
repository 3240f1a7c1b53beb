import { redactText, secretValues } from "../adapters/process/redact.ts";
import { readSecretFiles } from "../adapters/process/secret-files.ts";
import type { Config } from "../config/load.ts";
import type { Milestone } from "../core/plan/issue.ts";
import { UserError } from "../errors.ts";

/** Where things lie and what they are called; nothing could be found again under another name. */
const NAMES: ReadonlySet<string> = new Set([
  "source",
  "place",
  "key",
  "number",
  "target",
  "dependent",
  "parent",
  "url",
  "documents",
  "handoff",
  "gates",
  "waves",
  "conflictGroups",
]);

/**
 * The milestone with secrets taken out of its texts, by shape and by value: from here on they would go into the log,
 * prompts, branches, commits and pull requests.
 */
export function milestoneWithoutSecrets(
  milestone: Milestone,
  { root, config, env = process.env }: HiddenPlace,
): Milestone {
  const values = [...secretValues(env), ...readSecretFiles(root, config.secrets.valuesFrom)];
  return redactedIn(milestone, (text) => redactText(text, values), NAMES);
}

/** `secrets.values_from` where nobody can read what it is. */
const USUAL_FILES: readonly string[] = [".env*"];

/**
 * What a person says to a run, as it is kept: without secrets, by shape and by value. A configuration that is broken
 * keeps nobody from saying something.
 */
export async function wordsWithoutSecrets(root: string, text: string): Promise<string> {
  const { loadConfig } = await import("../config/load.ts");
  const values = (files: readonly string[]): readonly string[] => [
    ...secretValues(process.env),
    ...readSecretFiles(root, files),
  ];
  try {
    const { config } = loadConfig({ root, env: process.env });
    return redactText(text, values(config.secrets.valuesFrom));
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    return redactText(text, values(USUAL_FILES));
  }
}

interface HiddenPlace {
  readonly root: string;
  readonly config: Config;
  readonly env?: Readonly<Record<string, string | undefined>>;
}

/** A text that is shown outside of any project, without what is secret by its shape or in this process's environment. */
export function textWithoutSecrets(text: string): string {
  return redactText(text, secretValues(process.env));
}

/** The same value with every text in it redacted, but for what stands under these names. */
export function redactedIn<T>(
  value: T,
  redact: (text: string) => string,
  names?: ReadonlySet<string>,
): T;
export function redactedIn(
  value: unknown,
  redact: (text: string) => string,
  names: ReadonlySet<string> = new Set(),
): unknown {
  const walk = (one: unknown): unknown => {
    if (typeof one === "string") return redact(one);
    if (Array.isArray(one)) return one.map(walk);
    if (typeof one !== "object" || one === null) return one;
    return Object.fromEntries(
      Object.entries(one).map(([name, inner]) => [name, names.has(name) ? inner : walk(inner)]),
    );
  };
  return walk(value);
}
