import fs from "node:fs";
import { describe, expect, test } from "vitest";
import type { StopPolicy } from "../../run/settings.ts";
import { behaviourOf, STOP_TABLE, stopQuestion, type StopCondition } from "./stop-table.ts";

type Choice = "skip" | "ask" | "label";

/** Settings that say the same of every condition they can speak of. */
function policy(choice: Choice): StopPolicy {
  return {
    largeDiff: { files: 8, lines: 400, action: choice },
    schema: { breaking: choice, additive: choice },
    licence: { restrictive: choice, permissive: choice, allowed: [] },
    boundary: { action: choice, paths: {} },
    sensitive: [],
    coverage: { report: null, minimum: 50 },
  };
}

const DEFAULTS: StopPolicy = {
  ...policy("ask"),
  largeDiff: { files: 8, lines: 400, action: "skip" },
  schema: { breaking: "ask", additive: "label" },
  licence: { restrictive: "ask", permissive: "label", allowed: [] },
};

const KINDS = Object.keys(STOP_TABLE) as readonly StopCondition[];

describe("what follows from a stop condition", () => {
  test.each([
    ["secret", "halt", "halt"],
    ["protected-branch", "halt", "halt"],
    ["ci-red", "ask", "skip"],
    ["tdd", "ask", "skip"],
    ["spec", "ask", "skip"],
    ["quality", "ask", "skip"],
    ["tests", "ask", "skip"],
    ["schema-breaking", "ask", "skip"],
    ["licence-restrictive", "ask", "skip"],
    ["cross-boundary", "ask", "skip"],
    ["phase", "ask", "pass"],
    ["protected-surface", "ask", "wait"],
    ["schema-additive", "label", "label"],
    ["licence-permissive", "label", "label"],
    ["sensitive", "label", "label"],
    ["coverage", "label", "label"],
    ["large-diff", "ask", "skip"],
    ["conflict", "ask", "skip"],
    ["review-timeout", "ask", "skip"],
  ] as const)("by default, %s: %s on a terminal, %s alone", (kind, interactive, autonomous) => {
    expect(behaviourOf(kind, DEFAULTS, "interactive")).toBe(interactive);
    expect(behaviourOf(kind, DEFAULTS, "autonomous")).toBe(autonomous);
  });

  const SETTABLE = [
    "schema-breaking",
    "schema-additive",
    "licence-restrictive",
    "licence-permissive",
    "cross-boundary",
  ] as const;

  test.each(SETTABLE)("the owner's word counts for %s", (kind) => {
    const told = (choice: Choice) => [
      behaviourOf(kind, policy(choice), "interactive"),
      behaviourOf(kind, policy(choice), "autonomous"),
    ];
    expect(told("ask")).toEqual(["ask", "skip"]);
    expect(told("skip")).toEqual(["skip", "skip"]);
    expect(told("label")).toEqual(["label", "label"]);
  });

  test("a large change is asked about on a terminal also where it would be skipped", () => {
    expect(behaviourOf("large-diff", policy("skip"), "interactive")).toBe("ask");
    expect(behaviourOf("large-diff", policy("label"), "interactive")).toBe("label");
  });

  test("no setting weakens what is critical or another's to decide", () => {
    for (const kind of KINDS) {
      if (SETTABLE.some((other) => other === kind) || kind === "large-diff") continue;
      for (const mode of ["interactive", "autonomous"] as const)
        expect(behaviourOf(kind, policy("label"), mode)).toBe(behaviourOf(kind, DEFAULTS, mode));
    }
  });
});

describe("the table", () => {
  test("every default is one of the commands that are allowed, and what goes on with a label has one", () => {
    for (const kind of KINDS) {
      const row = STOP_TABLE[kind];
      expect(row.options).toContain(row.default);
      expect(row.autonomous !== "label" || row.label !== null).toBe(true);
    }
  });

  test("a critical stop can be passed by no command", () => {
    const critical = KINDS.filter((kind) => STOP_TABLE[kind].class === "critical");
    expect(critical).toEqual(["protected-branch", "secret", "ci-red"]);
    const commands = critical.flatMap((kind) => STOP_TABLE[kind].options);
    expect(commands).toEqual(expect.not.arrayContaining(["approve"]));
    expect(commands).toEqual(expect.not.arrayContaining(["force"]));
    expect(commands).toEqual(expect.not.arrayContaining(["continue"]));
  });

  test("a label that only informs is not that of a surface, which would hold the merge", () => {
    for (const kind of KINDS)
      expect(["needs-human", "needs-db-review", "needs-dep-review"]).not.toContain(
        STOP_TABLE[kind].label,
      );
  });

  test("a question says what is the matter and what was found", () => {
    expect(stopQuestion("schema-breaking", "#12", "db/1.sql: drops the table a.")).toEqual({
      text: "#12 breaks a schema. db/1.sql: drops the table a.",
      options: ["approve", "skip", "abort"],
      default: "skip",
    });
  });

  test("docs/stop-conditions.md shows it as it is", () => {
    const doc = fs.readFileSync(
      new URL("../../../../docs/stop-conditions.md", import.meta.url),
      "utf8",
    );
    const rows = doc
      .split("\n")
      .filter((line) => line.startsWith("| `"))
      .map((line) => line.split("|").map((cell) => cell.trim()));
    const shown = rows.map(([, kind = "", stopClass, options, otherwise, label, autonomous]) => [
      kind,
      { class: stopClass, options, default: otherwise, label, autonomous },
    ]);
    const expected = KINDS.map((kind) => {
      const { options, default: otherwise, label, autonomous, class: stopClass } = STOP_TABLE[kind];
      return [
        `\`${kind}\``,
        {
          class: stopClass,
          options: options.map((option) => `\`${option}\``).join(" "),
          default: `\`${otherwise}\``,
          label: label === null ? "–" : `\`${label}\``,
          autonomous,
        },
      ];
    });
    expect(Object.fromEntries(shown)).toEqual(Object.fromEntries(expected));
    expect(shown.length).toBe(KINDS.length);
  });
});
