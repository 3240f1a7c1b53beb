import { spawnSync } from "node:child_process";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import {
  INTEGRATION_BRANCH,
  integrationBranch,
  sessionName,
  slugOf,
  TASK_BRANCH,
  taskBranch,
} from "./workspace-name.ts";

const anyText = fc.oneof(
  fc.string({ unit: "binary", maxLength: 60 }),
  fc.string({ unit: "grapheme", maxLength: 60 }),
  fc.constantFrom(
    "",
    "..",
    "-rf",
    ".lock",
    "a.lock",
    "@{",
    "HEAD",
    "--help",
    "a/../b",
    "{slug}",
    " ",
    "İstanbul",
    "ﬁx ½",
  ),
);
const anyTemplate = fc.oneof(
  fc.constantFrom(
    TASK_BRANCH,
    INTEGRATION_BRANCH,
    "feature/m5-{number}-{slug}",
    "{slug}",
    "{number}",
    "-{slug}.lock",
    "a//{title}/",
  ),
  fc.string({ unit: "binary", maxLength: 30 }),
);

describe("slugs", () => {
  test("are the title's words in lower-case ASCII", () => {
    expect(slugOf("Add a merge queue (part 2)!")).toBe("add-a-merge-queue-part-2");
    expect(slugOf("Crème brûlée")).toBe("creme-brulee");
  });

  test("end at a word within forty characters", () => {
    expect(slugOf("Report how long every stage of the pipeline took")).toBe(
      "report-how-long-every-stage-of-the",
    );
    expect(slugOf("x".repeat(90))).toBe("x".repeat(40));
  });

  test("of titles in another script differ from each other and are never empty", () => {
    const [one, two] = [slugOf("合并队列"), slugOf("合并分支")];
    expect(one).toMatch(/^[a-z0-9]{6}$/);
    expect(one).not.toBe(two);
    expect(slugOf("")).toMatch(/^[a-z0-9]{6}$/);
    expect(slugOf("Fix 合并 now")).toMatch(/^fix-now-[a-z0-9]{6}$/);
    expect(slugOf("...")).not.toBe("");
  });

  test("are safe as a path and as part of a ref, for any title", () => {
    fc.assert(
      fc.property(anyText, (title) => {
        const slug = slugOf(title);
        expect(slug).toMatch(/^[a-z0-9]([a-z0-9-]{0,38}[a-z0-9])?$/);
        expect(slugOf(title)).toBe(slug);
      }),
    );
  });
});

describe("branches", () => {
  test("follow their template", () => {
    expect(taskBranch(TASK_BRANCH, { number: "153", title: "Fix the queue" })).toBe(
      "feat/issue-153-fix-the-queue",
    );
    expect(taskBranch("feat/m5-{number}-{slug}", { number: "4.2", title: "Käse" })).toBe(
      "feat/m5-4.2-kase",
    );
    expect(integrationBranch(INTEGRATION_BRANCH, { number: "m4", title: "Workers" })).toBe(
      "milestone/m4-workers",
    );
    expect(integrationBranch("{slug}", { number: "m4", title: "Workers", slug: "mine" })).toBe(
      "mine",
    );
  });

  test("of different numbers differ, even when cleaning makes the numbers alike", () => {
    const names = ["a/b", "a-b", "a#b", "a b"].map((number) =>
      taskBranch(TASK_BRANCH, { number, title: "same" }),
    );
    expect(new Set(names).size).toBe(names.length);
  });

  test("are accepted by git, whatever template, number and title", () => {
    const names: string[] = [];
    fc.assert(
      fc.property(anyTemplate, anyText, anyText, (template, number, title) => {
        names.push(
          taskBranch(template, { number, title }),
          integrationBranch(template, { number, title }),
        );
      }),
      { numRuns: 300 },
    );
    for (const name of names) {
      expect(name).not.toMatch(/^-|\.\.|[\0-\x20\x7f~^:?*[\\]|\/\/|@\{/);
      expect(name.length).toBeLessThanOrEqual(180);
    }
    // git itself is asked about a part of them: it is a process for each.
    const sample = [...new Set(names)].slice(0, 60);
    for (const name of sample) {
      const answer = spawnSync("git", ["check-ref-format", "--branch", name], { encoding: "utf8" });
      expect({ name, status: answer.status }).toEqual({ name, status: 0 });
    }
  });
});

describe("session names", () => {
  test("are the key and a number, safe as a folder's name", () => {
    expect(sessionName("4.2", 3)).toBe("4.2-s3");
    expect(sessionName("#153", 1)).toBe("153-s1");
    expect(sessionName("m5/03", 1)).toMatch(/^m5-03-[a-z0-9]{6}-s1$/);
    fc.assert(
      fc.property(anyText, fc.nat(), (key, number) => {
        expect(sessionName(key, number)).toMatch(/^[A-Za-z0-9_][A-Za-z0-9._-]*-s\d+$/);
      }),
    );
  });
});
