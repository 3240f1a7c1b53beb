import { expect, test } from "vitest";
import { revocation } from "./revoke-token.ts";

const HERE = { host: "github.com", apiUrl: "https://api.github.com" };
const THERE = { host: "code.example.org", apiUrl: "https://code.example.org/api/v3" };
const VALUE = "ghp_0123456789abcdefghijklmnopqrstuvwxyz";

test("a token of the environment is revoked by its variable, and its value is in none of the words", async () => {
  const found = await revocation({ GH_TOKEN: VALUE }, HERE);
  expect(found).toEqual({
    which: "GH_TOKEN",
    commands: [
      `printf '{"credentials":["%s"]}' "$GH_TOKEN" | curl -fsS -X POST --data @- https://api.github.com/credentials/revoke`,
    ],
    page: "https://github.com/settings/tokens",
  });
  expect(JSON.stringify(found)).not.toContain(VALUE);
});

test("a fine-grained one has a page of its own", async () => {
  const found = await revocation({ GITHUB_TOKEN: "github_pat_11AAAA" }, HERE);
  expect(found.which).toBe("GITHUB_TOKEN");
  expect(found.page).toBe("https://github.com/settings/personal-access-tokens");
});

test("an Enterprise Server has the page alone: its endpoint wants another login", async () => {
  const found = await revocation({ GH_ENTERPRISE_TOKEN: VALUE, GH_TOKEN: "x" }, THERE);
  expect(found).toEqual({
    which: "GH_ENTERPRISE_TOKEN",
    commands: [],
    page: "https://code.example.org/settings/tokens",
  });
});

test("where the environment has none it is gh's, which also forgets it", async () => {
  const found = await revocation({}, HERE);
  expect(found.which).toBe("the token of gh");
  expect(found.commands).toEqual([
    `printf '{"credentials":["%s"]}' "$(gh auth token)" | curl -fsS -X POST --data @- https://api.github.com/credentials/revoke`,
    "gh auth logout --hostname github.com",
  ]);
  expect((await revocation({}, THERE)).commands).toEqual([
    "gh auth logout --hostname code.example.org",
  ]);
});

test("a GitHub App is suspended where it is installed", async () => {
  const env = { CAIRN_GITHUB_APP_ID: "12", CAIRN_GITHUB_APP_INSTALLATION: "34", GH_TOKEN: VALUE };
  const found = await revocation(env, HERE);
  expect(found.which).toContain("GitHub App");
  expect(found.page).toBe("https://github.com/settings/installations/34");
});

test("the token of a job ends with the job", async () => {
  const env = { GITHUB_TOKEN: "ghs_abc", GITHUB_RUN_ID: "77" };
  expect(await revocation(env, HERE)).toEqual({
    which: "GITHUB_TOKEN, which ends with its job",
    commands: ["gh run cancel 77"],
    page: null,
  });
});
