import {
  readForgeAddress,
  seemsGitHub,
  type ForgeAddress,
} from "../adapters/forge/github/address.ts";
import { remoteAddress } from "../adapters/git/remote-name.ts";
import type { Config } from "../config/load.ts";
import { UserError } from "../errors.ts";

/**
 * Where runs of this repository live: the address of its remote on GitHub, or null for the local forge. Asks no network.
 * @throws UserError `forge/none` where GitHub is configured, or meant by the remote's words, and cannot be reached by it.
 */
export async function forgeHome(root: string, config: Config): Promise<ForgeAddress | null> {
  const { kind, remote, apiUrl } = config.forge;
  if (kind === "local") return null;
  const written = await remoteAddress(root, remote);
  const address = written === null ? null : readForgeAddress(written, apiUrl);
  if (address === null && kind === "github") throw noForge(remote, written !== null);
  // Merging here alone would surprise whoever works on GitHub.
  if (address === null && written !== null && seemsGitHub(written)) throw unreadable(remote);
  return address;
}

function unreadable(remote: string): UserError {
  return new UserError(
    "forge/none",
    `The remote ${remote} seems to be on GitHub, but its address names no repository that Cairn knows how to reach.`,
    {
      hints: [
        `git remote set-url ${remote} https://github.com/OWNER/REPO`,
        "For an Enterprise Server name its API: forge: {api_url: https://HOST/api/v3} in .cairn.yml",
        "Or merge in this repository alone: forge: {kind: local}",
      ],
    },
  );
}

function noForge(remote: string, isThere: boolean): UserError {
  const what = isThere
    ? `The remote ${remote} is not a repository on GitHub that Cairn knows how to reach.`
    : `There is no remote ${remote} here.`;
  return new UserError("forge/none", what, {
    hints: [
      isThere
        ? "For an Enterprise Server name its API: forge: {api_url: https://HOST/api/v3} in .cairn.yml"
        : `Add it: git remote add ${remote} https://github.com/OWNER/REPO`,
      "Or merge in this repository alone: forge: {kind: local}",
    ],
  });
}
