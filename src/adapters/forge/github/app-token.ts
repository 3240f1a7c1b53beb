import { createPrivateKey, sign, type KeyObject } from "node:crypto";
import { Octokit } from "@octokit/core";
import { z } from "zod";
import { ExitCode, UserError } from "../../../errors.ts";
import type { Clock } from "../../../ports/clock.ts";

export interface AppTokenOptions {
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly apiUrl: string;
  readonly userAgent: string;
  readonly clock: Clock;
  /** For `CAIRN_GITHUB_APP_KEY_FILE`; null: it cannot be read. */
  readonly readFile: (path: string) => Promise<string | null>;
}

const ID = "CAIRN_GITHUB_APP_ID";
const KEY = "CAIRN_GITHUB_APP_KEY";
const KEY_FILE = "CAIRN_GITHUB_APP_KEY_FILE";
const INSTALLATION = "CAIRN_GITHUB_APP_INSTALLATION";

/** An installation's token lives for an hour; a new one is asked for that long before its end. */
const REFRESH_MS = 5 * 60_000;
/** GitHub takes at most ten minutes; clocks differ by some seconds. */
const JWT_SECONDS = 9 * 60;
const SKEW_SECONDS = 60;

const Installed = z.object({ token: z.string().min(1), expires_at: z.iso.datetime() });

/**
 * Signs in as a GitHub App: the answer gives the token of its installation, a fresh one when the last is about to end.
 * Null where the environment names no App.
 * @throws UserError `github/app-incomplete`, `github/app-key`.
 */
export async function appToken(options: AppTokenOptions): Promise<(() => Promise<string>) | null> {
  const app = await readApp(options);
  if (app === null) return null;
  let last: { readonly token: string; readonly until: number } | null = null;
  let asking: Promise<string> | null = null;
  const ask = async (): Promise<string> => {
    last = await requestToken(app, options);
    return last.token;
  };
  return async () => {
    if (last !== null && options.clock.now() < last.until - REFRESH_MS) return last.token;
    // Many requests find the token old at once: one of them asks.
    asking ??= ask().finally(() => {
      asking = null;
    });
    return asking;
  };
}

interface App {
  readonly id: string;
  readonly installation: string;
  readonly key: KeyObject;
}

async function readApp({ env, readFile }: AppTokenOptions): Promise<App | null> {
  const given = (name: string): string => env[name]?.trim() ?? "";
  const [id, installation, file] = [given(ID), given(INSTALLATION), given(KEY_FILE)];
  const written = given(KEY);
  if ([id, installation, file, written].every((value) => value === "")) return null;
  const missing = [
    ...(id === "" ? [ID] : []),
    ...(installation === "" ? [INSTALLATION] : []),
    ...(file === "" && written === "" ? [`${KEY} (or ${KEY_FILE})`] : []),
  ];
  if (missing.length > 0) {
    throw new UserError(
      "github/app-incomplete",
      `To sign in as a GitHub App, ${missing.join(" and ")} is missing.`,
      { hints: ["Set it, or unset the others to use a token."], exitCode: ExitCode.authentication },
    );
  }
  const from = written === "" ? `the file of ${KEY_FILE}` : KEY;
  const text = written === "" ? await readFile(file) : written;
  return { id, installation: numberOf(installation), key: readKey(text, from) };
}

/** It becomes a part of an address. */
function numberOf(installation: string): string {
  if (/^\d{1,20}$/u.test(installation)) return installation;
  throw new UserError("github/app-incomplete", `${INSTALLATION} is no number.`, {
    hints: ["It is the last part of the address of the installation's settings page."],
    exitCode: ExitCode.authentication,
  });
}

function readKey(text: string | null, from: string): KeyObject {
  try {
    // Variables of CI services often hold it in one line.
    return createPrivateKey((text ?? "").replaceAll(String.raw`\n`, "\n"));
  } catch {
    // Its message may quote the key.
    throw new UserError(
      "github/app-key",
      text === null ? `Cannot read ${from}.` : `${from} holds no private key.`,
      {
        hints: [
          "It is the PEM file that the App's settings page gave: -----BEGIN RSA PRIVATE KEY-----",
        ],
        exitCode: ExitCode.authentication,
      },
    );
  }
}

async function requestToken(
  app: App,
  { apiUrl, userAgent, clock }: AppTokenOptions,
): Promise<{ readonly token: string; readonly until: number }> {
  const octokit = new Octokit({ baseUrl: apiUrl, userAgent });
  const { data } = await octokit.request(
    "POST /app/installations/{installation_id}/access_tokens",
    {
      installation_id: Number(app.installation),
      headers: { authorization: `Bearer ${signedJwt(app, clock.now())}` },
    },
  );
  const read = Installed.safeParse(data);
  if (!read.success) {
    throw new UserError(
      "github/unexpected",
      "GitHub answered the App with something else than a token.",
    );
  }
  return { token: read.data.token, until: Date.parse(read.data.expires_at) };
}

function signedJwt({ id, key }: App, now: number): string {
  const seconds = Math.floor(now / 1000);
  const claims = { iat: seconds - SKEW_SECONDS, exp: seconds + JWT_SECONDS, iss: id };
  const signed = `${part({ alg: "RS256", typ: "JWT" })}.${part(claims)}`;
  return `${signed}.${sign("sha256", Buffer.from(signed), key).toString("base64url")}`;
}

function part(value: object): string {
  return Buffer.from(JSON.stringify(value)).toString("base64url");
}
