import { expect, test } from "vitest";
import { keepEarlier } from "./groom-keep.ts";
import type { EarlierItem } from "./groom-earlier.ts";
import type { KeptPlan } from "./groom-keep.ts";
import { buildPlan } from "./plan.ts";
import type { ConflictGroup } from "./plan.ts";

interface Draft {
  readonly needs?: string;
  readonly files?: readonly string[];
  readonly done?: true;
}

/** `after` and whether the text is the same, with the groups of the file. */
type Filed = Readonly<
  Record<
    string,
    { readonly after?: readonly string[]; readonly edited?: true; readonly ungroomed?: true }
  >
>;

const NUMBERS: Readonly<Record<string, string>> = {
  a: "4.1",
  b: "4.2",
  c: "4.3",
  d: "4.4",
  e: "4.5",
};

function regroomed(
  source: Readonly<Record<string, Draft>>,
  filed: Filed,
  groups: Readonly<Record<string, readonly string[]>> = {},
): KeptPlan {
  const fresh = buildPlan({
    source: { kind: "markdown", reference: "plan.md" },
    title: "M",
    number: "m",
    url: null,
    documents: [],
    handoff: null,
    findings: [],
    issues: Object.entries(source).map(([key, { needs = "none", files = [], done }]) => ({
      key,
      number: NUMBERS[key] ?? "",
      title: `Title ${key}`,
      // A letter in a text names no issue, a number does.
      body: `Depends on: ${NUMBERS[needs] ?? "none"}`,
      state: done === true ? "closed" : "open",
      closedAs: done === true ? "completed" : null,
      labels: [],
      priority: null,
      type: "CODING",
      url: null,
      files,
      acceptanceCriteria: ["it works"],
      declarations: [],
      statesDependencies: true,
      place: {},
    })),
  });
  const items = Object.entries(filed).map(
    ([key, { after = [], edited, ungroomed }]): EarlierItem => ({
      key,
      after,
      softAfter: [],
      isSame: edited !== true,
      isGroomed: ungroomed !== true,
    }),
  );
  const earlier = Object.entries(groups).map(([id, keys]): ConflictGroup => ({
    id,
    reason: "as filed",
    keys,
  }));
  return keepEarlier(fresh, { file: "plan/d.yaml", items, groups: earlier });
}

function edgesOf({ plan }: KeptPlan): Readonly<Record<string, readonly string[]>> {
  return Object.fromEntries(
    plan.issues.map(({ key, blockers }) => [key, blockers.map((blocker) => blocker.key)]),
  );
}

function groupsOf({ plan }: KeptPlan): Readonly<Record<string, readonly string[]>> {
  for (const { key, conflictGroup } of plan.issues) {
    const of = plan.conflictGroups.find(({ keys }) => keys.includes(key));
    expect(conflictGroup).toBe(of?.id ?? null);
  }
  return Object.fromEntries(plan.conflictGroups.map(({ id, keys }) => [id, keys]));
}

test("a file that says what the source says changes nothing", () => {
  const answer = regroomed({ a: {}, b: { needs: "a" } }, { a: {}, b: { after: ["a"] } });
  expect(answer).toMatchObject({ kept: [], changed: [] });
  expect(answer.plan.waves).toEqual([["a"], ["b"]]);
});

test("edges that a person added to the file or took out of it are kept, and waves follow", () => {
  const answer = regroomed(
    { a: {}, b: { needs: "a" }, c: {} },
    { a: {}, b: {}, c: { after: ["a"] } },
  );
  expect(edgesOf(answer)).toEqual({ a: [], b: [], c: ["a"] });
  expect(answer.plan.waves).toEqual([["a", "b"], ["c"]]);
  expect(answer.kept).toEqual(["b does not wait for a, though its text says so", "c waits for a"]);
  expect(answer.changed).toEqual([]);
});

test("where the text was edited since, the edges of both hold", () => {
  const answer = regroomed(
    { a: {}, b: {}, c: { needs: "a" } },
    { a: {}, b: {}, c: { after: ["b"], edited: true } },
  );
  expect(edgesOf(answer)).toEqual({ a: [], b: [], c: ["a", "b"] });
  expect(answer.kept).toEqual(["c waits for b: its text was edited and does not say so"]);
  expect(answer.changed).toEqual(["~ c was edited since", "c waits for a now"]);
});

test("what is new, gone or done is told, and edges to what is gone go too", () => {
  const answer = regroomed(
    { a: { done: true }, b: {}, c: { needs: "b" } },
    { gone: {}, a: {}, b: { after: ["gone"] } },
  );
  expect(edgesOf(answer)).toEqual({ a: [], b: [], c: ["b"] });
  expect(answer.changed).toEqual(["+ c Title c", "- gone is in the source no more"]);
  expect(answer.kept).toEqual([]);
});

test("an edge of the file that would close a circle with an edited text is left out", () => {
  const answer = regroomed(
    { a: { needs: "b" }, b: {} },
    { a: { edited: true }, b: { after: ["a"] } },
  );
  expect(answer.plan.cycles).toEqual([]);
  expect(edgesOf(answer)).toEqual({ a: ["b"], b: [] });
  expect(answer.changed).toEqual([
    "~ a was edited since",
    "a waits for b now",
    "b waits for a no more: plan/d.yaml has it, and it would close a circle",
  ]);
});

test("the file's order stays, what is new follows what stands before it in the source", () => {
  const answer = regroomed({ a: {}, b: {}, c: {}, d: {} }, { d: {}, a: {}, c: {} });
  expect(answer.plan.issues.map(({ key }) => key)).toEqual(["d", "a", "b", "c"]);
});

test("a group of the file stays, and one that a person took out does not come back", () => {
  const source = { a: { files: ["x.ts"] }, b: { files: ["x.ts"] }, c: {}, d: {} };
  const filed = { a: {}, b: {}, c: {}, d: {} };
  const answer = regroomed(source, filed, { schema: ["c", "d"] });
  expect(groupsOf(answer)).toEqual({ schema: ["c", "d"] });
  expect(answer.kept).toEqual([
    "a, b are in no group, though 2 issues touch x.ts",
    "c, d are the group schema",
  ]);
  expect(answer.changed).toEqual([]);
});

test("a new issue joins the group whose files it touches; new ones make a group of their own", () => {
  const answer = regroomed(
    {
      a: { files: ["x.ts"] },
      b: { files: ["x.ts"] },
      c: { files: ["x.ts"] },
      d: { files: ["y.ts"] },
      e: { files: ["y.ts"] },
    },
    { a: {}, b: {}, d: {} },
    { "files-1": ["a", "b"] },
  );
  expect(groupsOf(answer)).toEqual({ "files-1": ["a", "b", "c"], "files-2": ["d", "e"] });
  expect(answer.changed).toEqual([
    "+ c Title c",
    "+ e Title e",
    "c joins files-1",
    "d, e are a group now: 2 issues touch y.ts",
  ]);
});

test("where nobody has groomed before, no group is nobody's decision", () => {
  const source = { a: { files: ["x.ts"] }, b: { files: ["x.ts"] } };
  const answer = regroomed(source, { a: { ungroomed: true }, b: { ungroomed: true } });
  expect(groupsOf(answer)).toEqual({ "files-1": ["a", "b"] });
  expect(answer).toMatchObject({
    kept: [],
    changed: ["a, b are a group now: 2 issues touch x.ts"],
  });
});

test("an edited issue leaves a counted group when its files are others, but never a named one", () => {
  const source = { a: { files: ["x.ts"] }, b: { files: ["z.ts"] }, c: {}, d: {} };
  const filed = { a: {}, b: { edited: true }, c: { edited: true }, d: {} } as const;
  const answer = regroomed(source, filed, { "files-1": ["a", "b"], schema: ["c", "d"] });
  expect(groupsOf(answer)).toEqual({ schema: ["c", "d"] });
  expect(answer.changed).toEqual([
    "~ b was edited since",
    "~ c was edited since",
    "b leaves files-1: its files are others now",
    "the group files-1 is no more",
  ]);
});

test("a group whose members are done is no group", () => {
  const answer = regroomed({ a: { done: true }, b: {} }, { a: {}, b: {} }, { schema: ["a", "b"] });
  expect(groupsOf(answer)).toEqual({});
  expect(answer.changed).toEqual(["the group schema is no more"]);
});
