import { expect, test } from "vitest";
import type { ConflictedText } from "../../core/merge/conflicts/facts.ts";
import { mergeJson } from "../../core/merge/resolvers/merge-json.ts";
import { createNpmLockResolver } from "./npm-lock.ts";
import { addsNothing, isSatisfied, parseLock, type Lock } from "./npm-lock-proof.ts";

type Needs = Readonly<Record<string, string>>;
type Packages = Lock["packages"];

function lockText(packages: Packages): string {
  const file = { name: "x", lockfileVersion: 3, requires: true, packages };
  return `${JSON.stringify(file, null, 2)}\n`;
}

function locked(packages: Packages): Lock {
  const lock = parseLock(lockText(packages));
  if (lock === null) throw new Error("It is a lock file.");
  return lock;
}

const at = (version: string) => ({
  version,
  resolved: `https://packages.invalid/p/-/p-${version}.tgz`,
  integrity: `sha512-${version}`,
});
const manifest = (dependencies: Needs): string =>
  `${JSON.stringify({ name: "x", dependencies })}\n`;

test("a lock file may only hold what one of the sides had locked, to the checksum", () => {
  const [ours, theirs] = [{ "node_modules/p": at("1") }, { "node_modules/q": at("2") }].map(locked);
  if (ours === undefined || theirs === undefined) throw new Error("Both are there.");
  const both = { "node_modules/p": at("1"), "node_modules/q": at("2") };
  expect(addsNothing(locked(both), [ours, theirs])).toBe(true);
  // The same package in another place of the tree is no other package.
  const moved = { "node_modules/p/node_modules/q": at("2") };
  expect(addsNothing(locked(moved), [ours, theirs])).toBe(true);
  for (const changed of [
    { ...both, "node_modules/r": at("1") },
    { "node_modules/p": at("3") },
    { "node_modules/p": { ...at("1"), integrity: "sha512-other" } },
    { "node_modules/p": { ...at("1"), resolved: "https://elsewhere.invalid/p.tgz" } },
  ])
    expect(addsNothing(locked(changed), [ours, theirs])).toBe(false);
});

test("a lock file has to name what every manifest asks for, and to hold it where it is looked for", () => {
  const needs = { p: "^1" };
  const root = { "": { name: "x", dependencies: needs } };
  const manifests = new Map([["", manifest(needs)]]);
  expect(isSatisfied(locked({ ...root, "node_modules/p": at("1") }), manifests)).toBe(true);
  expect(isSatisfied(locked(root), manifests)).toBe(false);
  const other = new Map([["", manifest({ p: "^2" })]]);
  expect(isSatisfied(locked({ ...root, "node_modules/p": at("1") }), other)).toBe(false);
  const inFolder = { "packages/a": { name: "a", dependencies: needs } };
  const two = new Map([...manifests, ["packages/a", manifest(needs)]]);
  const whole = { ...root, ...inFolder, "node_modules/p": at("1") };
  expect(isSatisfied(locked(whole), two)).toBe(true);
  expect(isSatisfied(locked(whole), manifests)).toBe(false);
  const own = { ...root, ...inFolder, "packages/a/node_modules/p": at("1") };
  expect(isSatisfied(locked(own), two)).toBe(false);
});

function conflict(ours: Packages, theirs: Packages): ConflictedText {
  const base = lockText({ "": { name: "x" } });
  const sides = { ours: lockText(ours), theirs: lockText(theirs) };
  return { path: "web/package-lock.json", base, ...sides, marked: "" };
}

const p = { "": { name: "x", dependencies: { p: "^1" } }, "node_modules/p": at("1.0.0") };

function resolver(mayStart?: () => boolean) {
  const may = mayStart === undefined ? {} : { mayStart };
  return createNpmLockResolver({ run: "r", environment: process.env, mergeJson, ...may });
}

test("npm is asked with the merged manifest beside the lock file, and with nothing else", async () => {
  const asked: string[] = [];
  const merged = {
    textOf: async (path: string) => {
      asked.push(path);
      return Promise.resolve(manifest({ p: "^1" }));
    },
  };
  const text = await resolver().resolve(conflict(p, { "": { name: "x" } }), merged);
  expect(asked).toEqual(["web/package.json"]);
  expect(text === null ? null : parseLock(text)?.packages).toEqual(p);
});

const withManifest = (text: string | null) => ({ textOf: async () => Promise.resolve(text) });

test("nothing is settled where the manifest is not merged, needs more, or lies outside", async () => {
  const file = conflict(p, { "": { name: "x" } });
  expect(await resolver().resolve(file, withManifest(null))).toBeNull();
  // There is no network: what no side had locked cannot be found.
  const more = manifest({ p: "^1", q: "^1" });
  expect(await resolver().resolve(file, withManifest(more))).toBeNull();
  const right = withManifest(manifest({ p: "^1" }));
  expect(await resolver().resolve({ ...file, path: "package.json" }, right)).toBeNull();
  const outside = { ...p, "../other": { name: "o" } };
  expect(await resolver().resolve(conflict(outside, p), right)).toBeNull();
});

test("a run that is stopped meanwhile has not learnt that the lock file conflicts", async () => {
  const file = conflict(p, { "": { name: "x" } });
  const right = withManifest(manifest({ p: "^1" }));
  const asked = Promise.resolve(resolver(() => false).resolve(file, right));
  await expect(asked).rejects.toMatchObject({ code: "trouble/npm-stopped" });
});
