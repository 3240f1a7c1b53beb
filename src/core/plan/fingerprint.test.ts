import { createHash } from "node:crypto";
import fc from "fast-check";
import { expect, test } from "vitest";
import { sha256 } from "./fingerprint.ts";

test("sha256 agrees with another implementation on every text", () => {
  fc.assert(
    fc.property(fc.string({ unit: "grapheme", maxLength: 300 }), (text) => {
      expect(sha256(text)).toBe(createHash("sha256").update(text, "utf8").digest("hex"));
    }),
  );
});

test.each([0, 55, 56, 63, 64, 65, 119, 120, 1000])(
  "sha256 pads %i characters rightly",
  (length) => {
    const text = "a".repeat(length);
    expect(sha256(text)).toBe(createHash("sha256").update(text).digest("hex"));
  },
);

test.each([16_383, 16_384, 16_385, 32_767, 50_000])(
  "sha256 of %i characters and more than one piece, whole characters kept whole",
  (length) => {
    for (const text of [
      "a".repeat(length),
      "é".repeat(length),
      `${"a".repeat(length - 1)}😀${"€".repeat(100)}`,
      "😀".repeat(length),
      `${"a".repeat(length)}\uD83D`,
      `${"\uD83D".repeat(length)}b`,
    ])
      expect(sha256(text)).toBe(createHash("sha256").update(text, "utf8").digest("hex"));
  },
);
