import { createVerify, generateKeyPairSync } from "node:crypto";
import http from "node:http";
import { afterEach, beforeEach, expect, test } from "vitest";
import { z } from "zod";
import { UserError } from "../../../errors.ts";
import { appToken, type AppTokenOptions } from "./app-token.ts";
import { explainGitHub } from "./errors.ts";

const START = Date.UTC(2026, 9, 1);
const { publicKey, privateKey } = generateKeyPairSync("rsa", {
  modulusLength: 2048,
  publicKeyEncoding: { type: "spki", format: "pem" },
  privateKeyEncoding: { type: "pkcs1", format: "pem" },
});
const ENV = {
  CAIRN_GITHUB_APP_ID: "12",
  CAIRN_GITHUB_APP_KEY: privateKey,
  CAIRN_GITHUB_APP_INSTALLATION: "34",
};

let server: http.Server;
let apiUrl: string;
let now: number;
/** What was asked: method, path, and the claims of a token whose signature holds. */
let asked: { readonly line: string; readonly claims: unknown }[];

beforeEach(async () => {
  now = START;
  asked = [];
  server = http.createServer((request, response) => {
    const line = `${request.method} ${request.url}`;
    const claims = claimsOf(request.headers.authorization ?? "");
    asked.push({ line, claims });
    response.setHeader("content-type", "application/json");
    response.statusCode = claims === null ? 401 : 201;
    const given = {
      token: `ghs_${asked.length}`,
      expires_at: new Date(now + 3_600_000).toISOString(),
    };
    response.end(
      JSON.stringify(
        claims === null ? { message: "A JSON web token could not be decoded" } : given,
      ),
    );
  });
  await new Promise<void>((resolve) => {
    server.listen(0, "127.0.0.1", resolve);
  });
  const address = server.address();
  apiUrl = `http://127.0.0.1:${typeof address === "object" && address !== null ? address.port : 0}`;
});

afterEach(async () => {
  server.closeAllConnections();
  await new Promise((resolve) => {
    server.close(resolve);
  });
});

const Claims = z.object({ iat: z.int(), exp: z.int(), iss: z.string() });

function claimsOf(authorization: string): unknown {
  const [head, body, signature] = authorization.replace(/^Bearer /, "").split(".");
  if (head === undefined || body === undefined || signature === undefined) return null;
  const holds = createVerify("sha256")
    .update(`${head}.${body}`)
    .verify(publicKey, signature, "base64url");
  return holds ? JSON.parse(Buffer.from(body, "base64url").toString()) : null;
}

function options(env: AppTokenOptions["env"], file: string | null = null): AppTokenOptions {
  return {
    env,
    apiUrl,
    userAgent: "cairn-test",
    clock: { now: () => now, alarm: () => () => undefined },
    readFile: async () => Promise.resolve(file),
  };
}

test("an App signs in by its key, and its token is renewed five minutes before its end", async () => {
  const token = await appToken(options(ENV));
  expect(await Promise.all([token?.(), token?.(), token?.()])).toEqual(["ghs_1", "ghs_1", "ghs_1"]);
  now += 54 * 60_000;
  expect(await token?.()).toBe("ghs_1");
  now += 60_000;
  expect(await token?.()).toBe("ghs_2");
  expect(asked.map(({ line }) => line)).toEqual(
    Array.from({ length: 2 }, () => "POST /app/installations/34/access_tokens"),
  );
  const { iat, exp, iss } = Claims.parse(asked[0]?.claims);
  expect([iat, iss]).toEqual([START / 1000 - 60, "12"]);
  expect(exp - iat).toBeLessThanOrEqual(600);
});

test("the key may be written in one line, or stand in a file", async () => {
  const line = privateKey.replaceAll("\n", String.raw`\n`);
  expect(await (await appToken(options({ ...ENV, CAIRN_GITHUB_APP_KEY: line })))?.()).toBe("ghs_1");
  const { CAIRN_GITHUB_APP_KEY: _, ...rest } = ENV;
  const env = { ...rest, CAIRN_GITHUB_APP_KEY_FILE: "app.pem" };
  expect(await (await appToken(options(env, privateKey)))?.()).toBe("ghs_2");
  await expect(appToken(options(env))).rejects.toMatchObject({
    code: "github/app-key",
    message: "Cannot read the file of CAIRN_GITHUB_APP_KEY_FILE.",
  });
});

test("without its variables there is no App; with some of them the others are named", async () => {
  expect(await appToken(options({ GH_TOKEN: "x" }))).toBeNull();
  await expect(appToken(options({ CAIRN_GITHUB_APP_ID: "12" }))).rejects.toMatchObject({
    code: "github/app-incomplete",
    exitCode: 4,
    message:
      "To sign in as a GitHub App, CAIRN_GITHUB_APP_INSTALLATION and CAIRN_GITHUB_APP_KEY (or CAIRN_GITHUB_APP_KEY_FILE) is missing.",
  });
  const odd = { ...ENV, CAIRN_GITHUB_APP_INSTALLATION: "../x" };
  await expect(appToken(options(odd))).rejects.toMatchObject({ code: "github/app-incomplete" });
});

test("what is no key is said without showing it", async () => {
  const secret = "-----BEGIN RSA PRIVATE KEY-----\nc2VjcmV0\n-----END RSA PRIVATE KEY-----";
  const error = await appToken(options({ ...ENV, CAIRN_GITHUB_APP_KEY: secret })).catch(
    (caught: unknown) => caught,
  );
  expect(error).toMatchObject({ code: "github/app-key", exitCode: 4 });
  expect(JSON.stringify(error) + String(error)).not.toContain("c2VjcmV0");
});

test("a key that GitHub does not take is a token that is not accepted", async () => {
  const other = generateKeyPairSync("rsa", {
    modulusLength: 2048,
    publicKeyEncoding: { type: "spki", format: "pem" },
    privateKeyEncoding: { type: "pkcs8", format: "pem" },
  });
  const token = await appToken(options({ ...ENV, CAIRN_GITHUB_APP_KEY: other.privateKey }));
  const error = await token?.().catch((caught: unknown) => caught);
  const explained = explainGitHub(error, { repository: "ada/mill", doing: "sign in" });
  expect(explained).toBeInstanceOf(UserError);
  expect(explained).toMatchObject({
    code: "github/bad-token",
    quote: "A JSON web token could not be decoded",
  });
});
