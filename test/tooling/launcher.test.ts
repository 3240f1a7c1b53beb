import { spawn, spawnSync } from "node:child_process";
import { cpSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { text } from "node:stream/consumers";
import { afterEach, beforeEach, expect, test } from "vitest";

const repository = resolve(import.meta.dirname, "../..");
let folder = "";
let launcher = "";

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "cairn-launcher-"));
  launcher = join(folder, "bin/cairn");
  cpSync(join(repository, "bin"), join(folder, "bin"), { recursive: true });
  writeFileSync(join(folder, "package.json"), '{"type":"module"}');
  mkdirSync(join(folder, "node_modules/node-linux-any/bin"), { recursive: true });
  symlinkSync(process.execPath, join(folder, "node_modules/node-linux-any/bin/node"));
  writeProgram("src/cli/main.ts", "source", "argv: readonly string[]");
  writeProgram("dist/cli/main.js", "built", "argv");
});

afterEach(() => rmSync(folder, { recursive: true, force: true }));

/** A program that says which of the two it is, and leaves with code 7. */
function writeProgram(file: string, name: string, parameter: string): void {
  mkdirSync(join(folder, file, ".."), { recursive: true });
  const said = `{ name: "${name}", pid: process.pid, argv: argv.slice(2) }`;
  const body = `console.log(JSON.stringify(${said})); process.exitCode = 7;`;
  writeFileSync(join(folder, file), `export async function main(${parameter}) { ${body} }\n`);
}

function run(command: string, args: readonly string[], env: Record<string, string> = {}) {
  const result = spawnSync(command, args, { encoding: "utf8", env: { ...process.env, ...env } });
  return { code: result.status, out: result.stdout, err: result.stderr };
}

test("a clone runs its sources, with arguments and exit code passed through", () => {
  const { code, out } = run(launcher, ["plan", "a b", "*"]);
  expect(JSON.parse(out)).toMatchObject({ name: "source", argv: ["plan", "a b", "*"] });
  expect(code).toBe(7);
});

test("the started process is the program itself, so signals and kill -9 reach it", async () => {
  const child = spawn(launcher, [], { stdio: ["ignore", "pipe", "inherit"] });
  expect(JSON.parse(await text(child.stdout))).toMatchObject({ pid: child.pid });
});

test("CAIRN_FORCE_DIST=1 and a missing src run the built program", () => {
  expect(JSON.parse(run(launcher, [], { CAIRN_FORCE_DIST: "1" }).out).name).toBe("built");
  rmSync(join(folder, "src"), { recursive: true });
  expect(JSON.parse(run(launcher, []).out).name).toBe("built");
});

test("without a build it says how to make one and exits 2", () => {
  rmSync(join(folder, "src"), { recursive: true });
  rmSync(join(folder, "dist"), { recursive: true });
  const { code, err } = run(launcher, []);
  expect(err).toContain("Run `npm run build`");
  expect(code).toBe(2);
});

test("it starts through a symlink, as npm installs it", () => {
  const link = join(folder, "cairn-link");
  symlinkSync(launcher, link);
  expect(JSON.parse(run(link, ["x"]).out)).toMatchObject({ name: "source", argv: ["x"] });
});

test.each([
  ["a cache folder that cannot be made", { XDG_CACHE_HOME: "/dev/null/cache" }],
  ["no home at all", { XDG_CACHE_HOME: "", HOME: "" }],
])("%s is no error", (_case, env) => {
  expect(run(launcher, [], env)).toMatchObject({ code: 7, err: "" });
});

test("under an old Node it hands over to the bundled one, or explains itself", () => {
  const pretendOld = join(folder, "old.cjs");
  writeFileSync(
    pretendOld,
    'Object.defineProperty(process.versions, "node", { value: "20.1.0" });',
  );
  const oldNode = ["-r", pretendOld, launcher, "x"];
  expect(run(process.execPath, oldNode)).toMatchObject({ code: 7 });
  rmSync(join(folder, "node_modules"), { recursive: true });
  const { code, err } = run(process.execPath, oldNode);
  expect(err).toMatch(/^cairn needs Node 24\.15 or newer; this is 20\.1\.0 /);
  expect(code).toBe(2);
});
