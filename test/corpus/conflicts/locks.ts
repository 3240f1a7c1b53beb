import { oneFile, type ConflictCase } from "./case.ts";

type Needs = Readonly<Record<string, string>>;

function manifest(dependencies: Needs): string {
  return `${JSON.stringify({ name: "x", version: "1.0.0", dependencies }, null, 2)}\n`;
}

function lock(dependencies: Needs, versions: Needs): string {
  const root = { "": { name: "x", version: "1.0.0", dependencies } };
  const packages = Object.entries(versions).map(([name, version]) => {
    const resolved = `https://packages.invalid/${name}/-/${name}-${version}.tgz`;
    return [
      `node_modules/${name}`,
      { version, resolved, integrity: "sha512-AAAA", license: "MIT" },
    ];
  });
  const file = {
    name: "x",
    version: "1.0.0",
    lockfileVersion: 3,
    requires: true,
    packages: { ...root, ...Object.fromEntries(packages) },
  };
  return `${JSON.stringify(file, null, 2)}\n`;
}

const A = { alpha: "^1.0.0" };
const AB = { ...A, beta: "^1.0.0" };
const AC = { ...A, gamma: "^1.0.0" };
const ABC = { ...AB, gamma: "^1.0.0" };

const BOTH_ADD = {
  base: { "package.json": manifest(A), "package-lock.json": lock(A, { alpha: "1.0.1" }) },
  ours: {
    "package.json": manifest(AB),
    "package-lock.json": lock(AB, { alpha: "1.0.1", beta: "1.2.0" }),
  },
};

/** Lock files: made anew by their package manager, or left to somebody. */
export const LOCKS: readonly ConflictCase[] = [
  {
    name: "each side adds a package: npm makes the lock file anew from the merged manifest",
    ...BOTH_ADD,
    theirs: {
      "package.json": manifest(AC),
      "package-lock.json": lock(AC, { alpha: "1.0.1", gamma: "1.3.0" }),
    },
    class: "trivial",
    settled: {
      "package.json": { by: "keyed JSON", text: manifest(ABC) },
      "package-lock.json": {
        by: "npm lock file",
        text: lock(ABC, { alpha: "1.0.1", beta: "1.2.0", gamma: "1.3.0" }),
      },
    },
  },
  {
    name: "trap: the manifest does not merge, so its lock file does not either",
    ...BOTH_ADD,
    theirs: {
      "package.json": manifest({ ...A, beta: "^2.0.0" }),
      "package-lock.json": lock({ ...A, beta: "^2.0.0" }, { alpha: "1.0.1", beta: "2.0.0" }),
    },
    class: "medium",
  },
  {
    name: "trap: a package is locked in another version on each side",
    base: { "package.json": manifest(A), "package-lock.json": lock(A, { alpha: "1.0.1" }) },
    ours: { "package-lock.json": lock(A, { alpha: "1.0.2" }) },
    theirs: { "package-lock.json": lock(A, { alpha: "1.0.3" }) },
    class: "medium",
  },
  {
    name: "trap: the merged manifest needs a package that no side had locked",
    base: { "package.json": manifest(A), "package-lock.json": lock(A, { alpha: "1.0.1" }) },
    ours: {
      "package.json": manifest(AB),
      "package-lock.json": lock(AB, { alpha: "1.0.1", beta: "1.2.0" }),
    },
    theirs: {
      "package.json": manifest(AC),
      "package-lock.json": lock(AC, { alpha: "1.0.1" }),
    },
    class: "medium",
  },
  {
    name: "trap: a lock file that is no JSON",
    ...oneFile("package-lock.json", { base: "{}\n", ours: "{ours}\n", theirs: "{theirs}\n" }),
    class: "medium",
  },
  {
    name: "trap: the lock file of another package manager, however long, counts for nothing and is an agent's",
    ...oneFile("yarn.lock", {
      base: "# yarn\n",
      ours: `# yarn\n${"ours@1:\n".repeat(100)}`,
      theirs: `# yarn\n${"theirs@1:\n".repeat(100)}`,
    }),
    class: "medium",
  },
  {
    name: "trap: JSON that a program writes is not merged key by key",
    ...oneFile("api.generated.json", {
      base: '{\n  "a": 1\n}\n',
      ours: '{\n  "a": 1,\n  "b": 1\n}\n',
      theirs: '{\n  "a": 1,\n  "c": 1\n}\n',
    }),
    class: "medium",
  },
];
