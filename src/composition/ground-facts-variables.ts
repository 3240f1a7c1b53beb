import { existsSync } from "node:fs";
import { join } from "node:path";
import { looksLikeProduction } from "../adapters/dispatch/local/environment.ts";
import type { Config } from "../config/load.ts";
import type { Surroundings } from "../host/checks-surroundings.ts";

type Variables = Readonly<Record<string, string | undefined>>;

/** Where the programs keep a login: a file in a folder that a variable may move, or variables. */
const LOGINS: Readonly<
  Record<
    string,
    {
      readonly variables: readonly string[];
      readonly folderVariable: string;
      readonly folder: string;
      readonly file: string;
    }
  >
> = {
  claude: {
    variables: ["ANTHROPIC_API_KEY", "ANTHROPIC_AUTH_TOKEN", "CLAUDE_CODE_OAUTH_TOKEN"],
    folderVariable: "CLAUDE_CONFIG_DIR",
    folder: ".claude",
    file: ".credentials.json",
  },
  codex: {
    variables: ["OPENAI_API_KEY", "CODEX_API_KEY"],
    folderVariable: "CODEX_HOME",
    folder: ".codex",
    file: "auth.json",
  },
};

/** Whether a login can be seen, for each agent whose way of keeping it is known. No file is read, no value looked at. */
export function loginsOf(
  agents: readonly string[],
  config: Config,
  env: Variables,
  home: string,
): Surroundings["logins"] {
  return agents.flatMap((agent) => {
    const known = LOGINS[config.agents.define[agent]?.kind ?? agent];
    if (known === undefined) return [];
    const folder = env[known.folderVariable] || join(env["HOME"] ?? home, known.folder);
    const file = join(folder, known.file);
    const shown = env[known.folderVariable] ? file : `~/${known.folder}/${known.file}`;
    const isOwnHome = config.agents.home === "keep";
    const variables = known.variables.filter((name) => Boolean(env[name]));
    const found = [...variables, ...(isOwnHome && existsSync(file) ? [shown] : [])];
    const sought = [...known.variables, ...(isOwnHome ? [shown] : [])];
    // On a Mac the programs keep it in the key chain.
    return [{ agent, found, sought, canTell: process.platform !== "darwin" || !isOwnHome }];
  });
}

/** Says of the whole environment what it is; such a variable is no way in, and its value is no secret. */
const STAGES = new Set(["NODE_ENV", "RAILS_ENV", "APP_ENV", "DEPLOY_ENV", "ENVIRONMENT"]);

/** Names alone, never values. */
export function productionNames(
  env: Variables,
  handedOn: readonly string[],
): { readonly seen: readonly string[]; readonly handedOn: readonly string[] } {
  const here = Object.keys(env).filter((name) => Boolean(env[name]));
  const seen = here.filter(
    (name) =>
      looksLikeProduction(name, env[name]) ||
      (STAGES.has(name) && /^prod(?:uction)?$/i.test(env[name] ?? "")),
  );
  const given = handedOn.filter((name) => looksLikeProduction(name, env[name]));
  return { seen: seen.filter((name) => !given.includes(name)).toSorted(), handedOn: given };
}
