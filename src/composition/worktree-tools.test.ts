import fc from "fast-check";
import { expect, test } from "vitest";
import { branchName, folderName, plainKey } from "./worktree-tools.ts";

const TEMPLATE = "feat/issue-{number}-{slug}";

test.each([
  ["12", "12"],
  ["4.2", "4.2"],
  ["m5/03", "m5-03-1rnqqq"],
])("the key %s has its folder", (key, folder) => {
  expect(folderName(key).replace(/-[0-9a-z]{6}$/, "-······")).toBe(
    folder.replace(/-[0-9a-z]{6}$/, "-······"),
  );
});

test("any key has a folder that stays where it should, and no two share one", () => {
  const anyKey = fc.oneof(
    fc.string({ unit: "binary", maxLength: 60 }),
    fc.constantFrom("..", "../x", "-x", ".git", "HEAD", "a b", "🎉", "con.lock", "_x", "", "/etc"),
  );
  fc.assert(
    fc.property(anyKey, anyKey, (one, other) => {
      expect(folderName(one)).toMatch(/^[A-Za-z0-9][A-Za-z0-9._-]*$/);
      expect(folderName(one)).not.toContain("..");
      expect(folderName(one) === folderName(other)).toBe(one === other);
    }),
  );
});

test("without a title the branch has no place for one", () => {
  expect(branchName(TEMPLATE, "12", null)).toBe("feat/issue-12");
  expect(branchName("{slug}/{number}", "12", null)).toBe("12");
  expect(branchName(TEMPLATE, "12", "Add a thing")).toBe("feat/issue-12-add-a-thing");
});

test("the sign a forge writes is no part of the key; nothing is no key", () => {
  expect(plainKey(" #12 ")).toBe("12");
  expect(() => plainKey(" # ")).toThrow("The key of the worktree is empty.");
});
