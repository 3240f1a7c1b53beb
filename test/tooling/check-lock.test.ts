import { expect, test } from "vitest";
import { lockFaults } from "../../scripts/check-lock.ts";

test("a complete lock file has no faults", () => {
  const packages = {
    "": {},
    "node_modules/a": { optionalDependencies: { "a-linux": "1.0.0" } },
    "node_modules/a-linux": {},
    "node_modules/b/node_modules/c": { optionalDependencies: { d: "1.0.0" } },
    "node_modules/b/node_modules/d": {},
    "node_modules/own": { resolved: "tools/own", link: true },
    "node_modules/dev-only": { dev: true, hasInstallScript: true },
  };
  expect(lockFaults(packages)).toEqual([]);
});

test.each([
  ["a platform package is missing", { optionalDependencies: { "a-darwin": "1.0.0" } }, "a-darwin"],
  ["an address was written", { resolved: "https://registry.invalid/a.tgz" }, "address"],
  ["a runtime package has an install script", { hasInstallScript: true }, "runs a script"],
])("%s: said, with what to do", (_case, locked, said) => {
  const faults = lockFaults({ "": {}, "node_modules/a": locked });
  expect(faults).toHaveLength(1);
  expect(faults[0]).toContain(said);
});
