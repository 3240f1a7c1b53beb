import type { Config } from "../config/load.ts";
import { UserError } from "../errors.ts";
import type { Clock } from "../ports/clock.ts";
import { forgeHome } from "./forge-home.ts";
import { openGitHub, type OpenedGitHub } from "./open-github.ts";

/** What a command that works with the forge, and not with a run, knows of its surroundings. */
export interface ForgePlace {
  readonly root: string;
  readonly config: Config;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly clock: Clock;
  readonly onLimit?: (until: number, words: string) => void;
}

/**
 * Opens GitHub for a command that cannot do without; `what` begins the sentence where there is none.
 * @throws UserError `forge/local`, and as `openGitHub` says.
 */
export async function forgeHere(place: ForgePlace, what: string): Promise<OpenedGitHub> {
  const { root, config, ...request } = place;
  const address = await forgeHome(root, config);
  if (address !== null) return openGitHub({ root, address, config, ...request });
  throw new UserError(
    "forge/local",
    config.forge.kind === "local"
      ? `${what} needs GitHub, and \`forge.kind\` is local here.`
      : `${what} needs GitHub, and the remote ${config.forge.remote} is no repository there.`,
    {
      hints: [
        config.forge.kind === "local"
          ? "Leave `forge.kind` out where the remote is on GitHub."
          : `Add it: git remote add ${config.forge.remote} https://github.com/OWNER/REPO`,
        "For an Enterprise Server name its API too: forge: {api_url: https://HOST/api/v3}",
      ],
    },
  );
}
