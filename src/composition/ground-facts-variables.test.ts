import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { loadConfig, type Config } from "../config/load.ts";
import { loginsOf, productionNames } from "./ground-facts-variables.ts";

let home: string;
beforeEach(() => {
  home = fs.mkdtempSync(path.join(os.tmpdir(), "cairn-logins-"));
});
afterEach(() => {
  fs.rmSync(home, { recursive: true, force: true });
});

function config(text = ""): Config {
  fs.writeFileSync(path.join(home, ".cairn.yml"), `version: 1\n${text}`);
  return loadConfig({ root: home, env: {} }).config;
}

const CLAUDE = ["ANTHROPIC_API_KEY", "ANTHROPIC_AUTH_TOKEN", "CLAUDE_CODE_OAUTH_TOKEN"];
const FILE = "~/.claude/.credentials.json";
const canTell = process.platform !== "darwin";

test("a login is a variable or a file, by its name alone", () => {
  const env = { HOME: home, ANTHROPIC_API_KEY: "sk-very-secret" };
  const none = loginsOf(["claude"], config(), { HOME: home }, home);
  expect(none).toEqual([{ agent: "claude", found: [], sought: [...CLAUDE, FILE], canTell }]);
  fs.mkdirSync(path.join(home, ".claude"));
  fs.writeFileSync(path.join(home, ".claude/.credentials.json"), "");
  expect(loginsOf(["claude"], config(), env, home)[0]?.found).toEqual(["ANTHROPIC_API_KEY", FILE]);
});

test("a variable that moves the folder is followed, and an agent of one's own is known by its kind", () => {
  const moved = path.join(home, "moved");
  fs.mkdirSync(moved);
  fs.writeFileSync(path.join(moved, "auth.json"), "");
  const own = config("agents: { define: { fast: { kind: codex } } }");
  const env = { HOME: home, CODEX_HOME: moved };
  expect(loginsOf(["fast"], own, env, home)[0]?.found).toEqual([path.join(moved, "auth.json")]);
});

test("in a home folder of its own no file counts; a program nobody knows is not judged", () => {
  const own = config("agents: { home: private, define: { sh: { kind: command, command: [sh] } } }");
  expect(loginsOf(["claude", "sh"], own, { HOME: home }, home)).toEqual([
    { agent: "claude", found: [], sought: CLAUDE, canTell: true },
  ]);
});

test("what looks like production is named, by the rule that keeps it from agents", () => {
  const env = {
    PROD_DB_URL: "postgres://x",
    PRODUCT_URL: "https://shop",
    NODE_ENV: "production",
    APP_ENV: "test",
    LIVE_TOKEN: "",
    STRIPE_LIVE_KEY: "sk",
  };
  expect(productionNames(env, [])).toEqual({
    seen: ["NODE_ENV", "PROD_DB_URL", "STRIPE_LIVE_KEY"],
    handedOn: [],
  });
  expect(productionNames(env, ["PROD_DB_URL", "APP_ENV"])).toEqual({
    seen: ["NODE_ENV", "STRIPE_LIVE_KEY"],
    handedOn: ["PROD_DB_URL"],
  });
});
