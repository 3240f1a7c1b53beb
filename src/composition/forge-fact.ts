import { UserError } from "../errors.ts";
import type { ForgeFact } from "../host/checks-forge.ts";
import type { ForgeAddress } from "../adapters/forge/github/address.ts";
import type { OpenedGitHub } from "./open-github.ts";

/** Asks GitHub what a run would ask first; what it refuses is a fact here, not an error. */
export async function forgeFact(
  home: () => Promise<ForgeAddress | null>,
  open: () => Promise<OpenedGitHub | null>,
): Promise<ForgeFact | null> {
  const nothing = { login: null, tokenFrom: null, warnings: [], degraded: [] };
  let repository = "the repository";
  try {
    const address = await home();
    if (address === null) return null;
    repository = `${address.owner}/${address.name}`;
    const opened = await open();
    if (opened === null) return null;
    const [{ assertMayWrite }, { gitHubSource }] = await Promise.all([
      import("../adapters/forge/github/connect.ts"),
      import("./github-source.ts"),
    ]);
    assertMayWrite(opened.connection);
    const { features } = await gitHubSource(opened, Date.now);
    const { login, warnings } = opened.connection;
    const { degraded } = features;
    return { repository, login, tokenFrom: opened.tokenFrom, warnings, degraded, refusal: null };
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    const refusal = { code: error.code, words: error.message, mend: error.hints.join("\n") };
    return { ...nothing, repository, refusal };
  }
}
