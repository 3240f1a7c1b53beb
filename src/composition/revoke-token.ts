import type { ForgeAddress } from "../adapters/forge/github/address.ts";
import { findToken } from "../adapters/forge/github/token.ts";
import type { Revocation } from "../api/panic-end.ts";

type Environment = Readonly<Record<string, string | undefined>>;

const GITHUB = "github.com";

/** How the token that Cairn would use here is revoked, in commands of a shell. Asks nobody; shows no value. */
export async function revocation(
  env: Environment,
  address: Pick<ForgeAddress, "host" | "apiUrl">,
): Promise<Revocation> {
  const { host } = address;
  const installation = env["CAIRN_GITHUB_APP_INSTALLATION"]?.trim() ?? "";
  if ((env["CAIRN_GITHUB_APP_ID"]?.trim() ?? "") !== "") return ofApp(host, installation);
  const found = await findToken({ env, host, run: async () => Promise.resolve(null) });
  if (found === null) return ofGh(address);
  const variable = `"$${found.from}"`;
  if (found.value.startsWith("ghs_")) return ofJob(env, found.from);
  return {
    which: found.from,
    commands: host === GITHUB ? [revokeOnline(variable)] : [],
    page: pageOf(host, found.value),
  };
}

/** The endpoint takes tokens without a login, and answers 202; `printf` is the shell's own, so `ps` shows no value. */
function revokeOnline(token: string): string {
  return `printf '{"credentials":["%s"]}' ${token} | curl -fsS -X POST --data @- https://api.${GITHUB}/credentials/revoke`;
}

function ofGh({ host }: Pick<ForgeAddress, "host">): Revocation {
  const revoke = host === GITHUB ? [revokeOnline('"$(gh auth token)"')] : [];
  return {
    which: "the token of gh",
    commands: [...revoke, `gh auth logout --hostname ${host}`],
    page: `https://${host}/settings/applications`,
  };
}

/** An installation's token lives for an hour at most; Cairn gets a new one with the key. */
function ofApp(host: string, installation: string): Revocation {
  return {
    which: "the GitHub App's key; the token made with it ends within the hour",
    commands: ["unset CAIRN_GITHUB_APP_KEY CAIRN_GITHUB_APP_KEY_FILE"],
    page: `https://${host}/settings/installations${installation === "" ? "" : `/${installation}`}`,
  };
}

function ofJob(env: Environment, from: string): Revocation {
  const run = env["GITHUB_RUN_ID"] ?? "";
  return {
    which: `${from}, which ends with its job`,
    commands: run === "" ? [] : [`gh run cancel ${run}`],
    page: null,
  };
}

function pageOf(host: string, value: string): string {
  const kind = value.startsWith("github_pat_") ? "personal-access-tokens" : "tokens";
  return `https://${host}/settings/${kind}`;
}
