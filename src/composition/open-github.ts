import { readFile } from "node:fs/promises";
import type { ForgeAddress } from "../adapters/forge/github/address.ts";
import { appToken } from "../adapters/forge/github/app-token.ts";
import { connectGitHub, type GitHubConnection } from "../adapters/forge/github/connect.ts";
import { noToken } from "../adapters/forge/github/errors.ts";
import { findToken, programRunner } from "../adapters/forge/github/token.ts";
import { secretValues } from "../adapters/process/redact.ts";
import { readSecretFiles } from "../adapters/process/secret-files.ts";
import type { Config } from "../config/load.ts";
import type { Clock } from "../ports/clock.ts";

export interface OpenGitHubRequest {
  /** The repository here: its `.env` files hold values that issues must not carry on. */
  readonly root: string;
  readonly address: ForgeAddress;
  readonly config: Config;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly clock: Clock;
  /** Told when a limit of the service makes everything wait, in words. */
  readonly onLimit?: (until: number, words: string) => void;
}

/** GitHub as one repository's runs use it. */
export interface OpenedGitHub {
  readonly connection: GitHubConnection;
  /** Asked before every use: an installation's token lives for an hour. Never shown, never handed to an agent. */
  readonly token: () => Promise<string>;
  /** Where the token comes from: `GH_TOKEN`, `gh auth token`, `the GitHub App 12`. */
  readonly tokenFrom: string;
  /** Values of variables that are secrets by their names, those of `.env` files, and the token where it lives on. */
  readonly secrets: readonly string[];
}

const USER_AGENT = "cairn";

/**
 * Finds a token and asks GitHub whether it opens the repository.
 * @throws UserError `github/…`, exit code 4 where the token is missing, wrong or may not.
 */
export async function openGitHub(request: OpenGitHubRequest): Promise<OpenedGitHub> {
  const { address, config, clock, onLimit } = request;
  const { token, tokenFrom, secrets, isApp } = await tokenFor(request);
  const connection = await connectGitHub({
    address,
    token,
    clock,
    retryMs: config.limits.retryMs,
    onLimit: onLimit ?? (() => undefined),
    userAgent: USER_AGENT,
    isApp,
  });
  return { connection, token, tokenFrom, secrets };
}

async function readText(path: string): Promise<string | null> {
  return readFile(path, "utf8").catch(() => null);
}

type Found = Pick<OpenedGitHub, "token" | "tokenFrom" | "secrets"> & { readonly isApp: boolean };

/** A GitHub App where the environment names one, else a token as `gh` finds it. */
async function tokenFor({ root, config, address, env, clock }: OpenGitHubRequest): Promise<Found> {
  const { owner, name, host, apiUrl } = address;
  const app = await appToken({ env, apiUrl, userAgent: USER_AGENT, clock, readFile: readText });
  const secrets = [...secretValues(env), ...readSecretFiles(root, config.secrets.valuesFrom)];
  if (app !== null) return { token: app, tokenFrom: "the GitHub App", secrets, isApp: true };
  const found = await findToken({ env, host, run: programRunner(env) });
  if (found === null) throw noToken(`${owner}/${name}`, host);
  return {
    token: async () => Promise.resolve(found.value),
    tokenFrom: found.from,
    secrets: [...secrets, found.value],
    isApp: false,
  };
}
