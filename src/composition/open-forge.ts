import type { ForgeAddress } from "../adapters/forge/github/address.ts";
import type { Config } from "../config/load.ts";
import type { ForgeFact } from "../host/checks-forge.ts";
import { clockFrom } from "./clock.ts";
import { forgeHome } from "./forge-home.ts";
import type { OpenedGitHub } from "./open-github.ts";

/** The forge of one repository; its client is loaded and reached once, and only by what needs it. */
export interface ProjectForge {
  readonly home: () => Promise<ForgeAddress | null>;
  readonly openGitHub: () => Promise<OpenedGitHub | null>;
  readonly forgeFact: () => Promise<ForgeFact | null>;
  readonly checkForge: () => Promise<readonly string[]>;
}

/** Nothing is asked before somebody needs an answer. */
export function openForge(
  root: string,
  config: Config,
  env: Readonly<Record<string, string | undefined>>,
  /** Told when a limit of the service makes everything wait. */
  onLimit?: (until: number, words: string) => void,
): ProjectForge {
  const home = (): Promise<ForgeAddress | null> => forgeHome(root, config);
  let opened: Promise<OpenedGitHub | null> | null = null;
  const open = async (): Promise<OpenedGitHub | null> => {
    const address = await home();
    if (address === null) return null;
    const { openGitHub } = await import("./open-github.ts");
    const told = onLimit === undefined ? {} : { onLimit };
    return openGitHub({ root, address, config, env, clock: clockFrom(env), ...told });
  };
  const openGitHub = async (): Promise<OpenedGitHub | null> => (opened ??= open());
  return {
    home,
    openGitHub,
    forgeFact: async () => {
      const { forgeFact } = await import("./forge-fact.ts");
      return forgeFact(home, openGitHub);
    },
    checkForge: async () => {
      const github = await openGitHub();
      if (github === null) return [];
      const { assertMayWrite } = await import("../adapters/forge/github/connect.ts");
      assertMayWrite(github.connection);
      return github.connection.warnings;
    },
  };
}
