import { describe, expect, test } from "vitest";
import type { Check } from "./checks-facts.ts";
import { surroundingChecks, type Surroundings } from "./checks-surroundings.ts";

const GB = 2 ** 30;
const CALM: Surroundings = {
  machine: { node: "24.15.0", system: "linux 6.1 x64" },
  insideSession: null,
  remote: null,
  disk: { freeBytes: 100 * GB, usedBytes: 0, maxBytes: 20 * GB },
  bootstrap: { strategy: "auto", command: "npm ci", missing: null, unserved: null },
  logins: [],
  forge: null,
  production: { seen: [] },
  leftovers: { worktrees: [], deadEngine: null },
};

/** `result name: words` of each; for what is not fine its code, and reason and mend below it. */
function said(changes: Partial<Surroundings>): readonly string[] {
  return surroundingChecks({ ...CALM, ...changes }).flatMap(lines);
}

function lines(check: Check): readonly string[] {
  const head = `${check.result} ${check.name}: ${check.words}`;
  return check.result === "ok" ? [head] : [head, `  ${check.code}`, `  ${check.why} ${check.mend}`];
}

const REMOTE = {
  name: "origin",
  unreachable: null,
  target: "main",
  standing: "same",
  isCheckedOut: true,
} as const;

test("a calm machine: nothing but what was found", () => {
  expect(said({})).toEqual([
    "ok remote: none; the local forge needs none",
    "ok worktrees: none yet; they may take 20.0 GB",
    "ok bootstrap: auto: npm ci",
    "ok forge: local: branches are merged here, nothing is pushed",
    "ok gh: not needed: Cairn works with git alone",
    "ok machine: node 24.15.0, linux 6.1 x64",
  ]);
});

describe("the remote", () => {
  test("that cannot be reached is a warning: the local forge works without it", () => {
    expect(said({ remote: { ...REMOTE, standing: null, unreachable: "no route" } })).toEqual(
      expect.arrayContaining([
        "warning remote: origin cannot be reached: no route.",
        "  preflight/remote",
        "  What others have pushed cannot be seen; a run on GitHub waits for it, the local forge works without it. Try it: git ls-remote origin",
      ]),
    );
  });

  test.each([
    ["same", "ok target branch: main is where origin has it"],
    ["ahead", "ok target branch: main is ahead of origin"],
  ] as const)("with the target %s is fine", (standing, words) => {
    expect(said({ remote: { ...REMOTE, standing } }).slice(0, 2)).toEqual([
      "ok remote: origin answers",
      words,
    ]);
  });

  test.each([
    ["behind", true, "main is behind origin/main.", "Bring it up: git pull --ff-only origin main"],
    ["behind", false, "main is behind origin/main.", "Bring it up: git fetch origin main:main"],
    [
      "diverged",
      true,
      "main and origin/main have grown apart.",
      "Join them, for instance: git fetch origin && git rebase origin/main main",
    ],
  ] as const)("with the target %s (checked out: %s) is a warning with the command", (...row) => {
    const [standing, isCheckedOut, words, mend] = row;
    const why = "Tasks would start from what is old, and meet the newer commits only at the end.";
    expect(said({ remote: { ...REMOTE, standing, isCheckedOut } }).slice(0, 4)).toEqual([
      "ok remote: origin answers",
      `warning target branch: ${words}`,
      "  preflight/behind",
      `  ${why} ${mend}`,
    ]);
  });

  test("without the branch says only that it answers", () => {
    expect(said({ remote: { ...REMOTE, standing: null } })[1]).toBe(
      "ok worktrees: none yet; they may take 20.0 GB",
    );
  });
});

test.each([
  [{ usedBytes: 5 * GB }, "ok worktrees: they take 5.0 GB of 20.0 GB"],
  [{ freeBytes: null }, "ok worktrees: none yet; they may take 20.0 GB"],
  [
    { freeBytes: 4 * GB, usedBytes: GB },
    "warning worktrees: Worktrees: they take 1.0 GB of 20.0 GB (workspace.max_size), but only 4.0 GB are free.",
  ],
  [
    { usedBytes: 21 * GB },
    "warning worktrees: Worktrees: they take 21.0 GB of 20.0 GB (workspace.max_size).",
  ],
])("room %j", (disk, words) => {
  expect(said({ disk: { ...CALM.disk, ...disk } })[1]).toBe(words);
});

test.each([
  [{ command: null }, "ok bootstrap: auto: nothing to be installed"],
  [{ strategy: "make deps", command: "make deps" }, "ok bootstrap: make deps in each new worktree"],
  [
    { strategy: "link", ownBecause: null },
    "ok bootstrap: link: npm ci once for each state of the lock file",
  ],
  [
    { strategy: "copy", ownBecause: "package.json has a `prepare` script" },
    "ok bootstrap: copy is not possible, npm ci in each new worktree: package.json has a `prepare` script",
  ],
  [
    { missing: "the program npm" },
    "warning bootstrap: New worktrees get their dependencies by `npm ci`, which needs the program npm.",
  ],
  [
    { command: null, unserved: { file: "uv.lock", command: "uv sync --frozen" } },
    "warning bootstrap: There is a uv.lock, which `auto` does not install in this version.",
  ],
])("dependencies %j", (bootstrap, words) => {
  expect(said({ bootstrap: { ...CALM.bootstrap, ...bootstrap } })[2]).toBe(words);
});

test("a login is named by where it is, never by what it is; none is a warning unless nobody can tell", () => {
  const login = { agent: "claude", sought: ["ANTHROPIC_API_KEY"], found: [], canTell: true };
  const found = { ...login, found: ["ANTHROPIC_API_KEY"] };
  expect(said({ logins: [found] })[3]).toBe("ok login claude: ANTHROPIC_API_KEY");
  expect(said({ logins: [{ ...login, canTell: false }] })[3]).toBe(
    "ok login claude: kept by the system; only a session can tell",
  );
  expect(said({ logins: [login] }).slice(3, 6)).toEqual([
    "warning login claude: No login of claude was found.",
    "  preflight/no-login",
    "  Looked for ANTHROPIC_API_KEY; sessions would end at once. Start claude once and log in; or set one of its variables.",
  ]);
});

test("what looks like production and is hidden from agents is worth knowing", () => {
  expect(said({ production: { seen: ["PROD_URL"] } })[3]).toBe(
    "ok variables: PROD_URL: set here, hidden from agents and gates",
  );
});

test("inside a session everything is refused first", () => {
  expect(said({ insideSession: "m1-x" }).slice(0, 2)).toEqual([
    "refused session: This is inside an agent session of the run m1-x.",
    "  cli/inside-session",
  ]);
});

test("what dead runs left is named with what removes it", () => {
  const leftovers = {
    worktrees: ["a", "b", "c", "d", "e", "f"],
    deadEngine: { pid: 42, run: "m1-x" },
  };
  expect(said({ leftovers }).slice(3, 9)).toEqual([
    "warning engine: Process 42 worked on the run m1-x and is gone.",
    "  preflight/dead-engine",
    "  Its lock went with it; the run stands where its log ends. Go on: cairn resume; or look: cairn status",
    "warning leftovers: Worktrees of runs that are over: a, b, c, d, e, ….",
    "  preflight/leftovers",
    "  They take room. See and remove them: cairn clean --dry-run, then cairn clean",
  ]);
});

const GITHUB = {
  repository: "ada/mill",
  login: "ada",
  tokenFrom: "GH_TOKEN",
  warnings: [],
  degraded: [],
  refusal: null,
} as const;

test("GitHub is named with whose token it is, and what is too much or missing", () => {
  expect(said({ forge: GITHUB })[3]).toBe("ok forge: GitHub: ada/mill as ada (GH_TOKEN)");
  const lavish = { ...GITHUB, warnings: ["It has the scope delete_repo."] };
  expect(said({ forge: lavish }).slice(4, 6)).toEqual([
    "warning token: It has the scope delete_repo.",
    "  preflight/token-scopes",
  ]);
  const refusal = { code: "github/bad-token", words: "Bad credentials.", mend: "gh auth login" };
  expect(said({ forge: { ...GITHUB, refusal } }).slice(3, 6)).toEqual([
    "refused forge: Bad credentials.",
    "  github/bad-token",
    "  Pull requests are opened and merged there. gh auth login",
  ]);
});
