import { expect, test } from "vitest";
import { readCriteria } from "./criteria.ts";

test.each([
  ["", []],
  ["Deploy it and\ncall it.\n\nSee the answer.", ["Deploy it and call it.", "See the answer."]],
  ["Checks:\n- one\n- [ ] two\n  goes on\n\nNot one.\n3) three", ["one", "two goes on", "three"]],
  ["1. a\r\n2. b", ["a", "b"]],
])("%j", (text, criteria) => {
  expect(readCriteria(text)).toEqual(criteria);
});
