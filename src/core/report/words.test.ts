import fc from "fast-check";
import { expect, test } from "vitest";
import { formatCount, formatDuration, formatInstant, isoTime } from "./words.ts";

test("the ISO time is the one that the platform writes", () => {
  fc.assert(
    fc.property(fc.integer({ min: -62_135_596_800_000, max: 253_402_300_799_999 }), (at) => {
      expect(isoTime(at)).toBe(new Date(at).toISOString());
    }),
  );
});

test.each([
  [0, "0s"],
  [59_999, "59s"],
  [60_000, "1m 0s"],
  [3_599_000, "59m 59s"],
  [4_800_000, "1h 20m"],
  [100 * 3_600_000, "4d 4h"],
  [-5, "0s"],
])("%i ms are %s", (ms, words) => {
  expect(formatDuration(ms)).toBe(words);
});

test("counts are short, instants are readable elsewhere", () => {
  expect([950, 12_345, 4_100_000].map(formatCount)).toEqual(["950", "12.3k", "4.1M"]);
  expect(formatInstant(0)).toBe("1970-01-01 00:00 UTC");
});
