import fc from "fast-check";
import { expect, test } from "vitest";
import { classifyConflict } from "./classify.ts";
import type { ConflictedFile, ConflictKind } from "./facts.ts";
import { parseMarkedText } from "./marked-text.ts";

const LIMITS = { files: 3, hunks: 6, lines: 80 };
const SIDE = { mode: "100644", blob: "b" };

function file(change: Partial<ConflictedFile> = {}): ConflictedFile {
  const sides = { base: SIDE, ours: SIDE, theirs: SIDE };
  const size = { hunks: 1, lines: 2, isGenerated: false };
  return { path: "a.ts", kind: "contents", ...sides, ...size, ...change };
}

test("texts within the limits are medium, and the sentence says how much it is", () => {
  expect(classifyConflict([file(), file({ path: "b.ts", hunks: 2, lines: 9 })], LIMITS)).toEqual({
    class: "medium",
    why: "Texts conflict in 2 files, 3 hunks, 11 lines.",
    files: 2,
    hunks: 3,
    lines: 11,
  });
});

function whyOf(change: Partial<ConflictedFile>, count = 1): string {
  const files = Array.from({ length: count }, () => file(change));
  return classifyConflict(files, LIMITS).why;
}

test("each limit holds by itself, and the sentence names the one that is passed", () => {
  expect(whyOf({}, 4)).toBe("4 files conflict, more than the 3 that are settled in place.");
  expect(whyOf({ hunks: 7 })).toBe("7 hunks conflict, more than the 6 that are settled in place.");
  expect(whyOf({ lines: 81 })).toBe(
    "81 lines conflict, more than the 80 that are settled in place.",
  );
});

test("what programs write does not count", () => {
  const lock = file({ path: "yarn.lock", lines: 900, hunks: 40, isGenerated: true });
  expect(classifyConflict([file(), lock], LIMITS)).toMatchObject({ class: "medium", lines: 2 });
  expect(classifyConflict([lock], LIMITS)).toMatchObject({ class: "medium", files: 0 });
});

test("one rule for every file is trivial; for all but one it is not", () => {
  const json = file({ path: "a.json", resolvedBy: "keyed JSON" });
  expect(classifyConflict([json, file({ resolvedBy: "import order" })], LIMITS)).toMatchObject({
    class: "trivial",
    why: "Every conflict is settled by rule: import order, keyed JSON.",
  });
  expect(classifyConflict([json, file({ resolvedBy: null })], LIMITS).class).toBe("medium");
});

test("no file at all is heavy: nobody knows what to settle", () => {
  expect(classifyConflict([], LIMITS).class).toBe("heavy");
});

test("anything but texts is heavy, however small and beside whatever else", () => {
  const kinds: readonly ConflictKind[] = [
    "modify-delete",
    "rename",
    "directory",
    "mode",
    "binary",
    "link",
    "submodule",
    "other",
  ];
  for (const kind of kinds) {
    const odd = file({ path: "x", kind, hunks: 0, lines: 0, isGenerated: true });
    const { class: found, why } = classifyConflict([file(), odd], LIMITS);
    expect([kind, found]).toEqual([kind, "heavy"]);
    expect(why).toMatch(/^`x` .+\.$/u);
  }
});

test("hunks are read back as they were written", () => {
  const text = fc.array(fc.constantFrom("a", "", "<<<< b", "====", "> c"), { maxLength: 3 });
  const hunk = fc.record({ ours: text, base: text, theirs: text });
  fc.assert(
    fc.property(fc.array(fc.oneof(fc.constantFrom("x", "y"), hunk)), (parts) => {
      const lines = parts.flatMap((part) =>
        typeof part === "string"
          ? [part]
          : [
              "<<<<<<< o",
              ...part.ours,
              "||||||| b",
              ...part.base,
              "=======",
              ...part.theirs,
              ">>>>>>> t",
            ],
      );
      // A text has a last line even where it is empty.
      const whole = lines.length === 0 ? [""] : parts;
      expect(parseMarkedText(lines.join("\n"))?.parts).toEqual(whole);
    }),
  );
});

test.each([
  ["a hunk without an end", "<<<<<<< o\na\n||||||| b\n=======\nb\n"],
  ["an end without a hunk", "a\n>>>>>>> t\n"],
  ["a hunk within a hunk", "<<<<<<< o\n<<<<<<< o\n||||||| b\n=======\n>>>>>>> t\n"],
  ["no base", "<<<<<<< o\na\n=======\nb\n>>>>>>> t\n"],
])("nothing is known of markers with %s", (_, text) => {
  expect(parseMarkedText(text)).toBeNull();
});
