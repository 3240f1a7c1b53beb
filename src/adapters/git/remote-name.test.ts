import { expect, test } from "vitest";
import { readRemoteName } from "./remote-name.ts";

test.each([
  ["git@github.com:acme/app.git", "acme/app"],
  ["https://github.com/acme/app", "acme/app"],
  ["https://token@github.example.org/acme/app.git/", "acme/app"],
  ["ssh://git@gitlab.com:22/group/sub/app.git", "group/sub/app"],
  ["/srv/git/app.git", null],
  ["../app", null],
  ["", null],
])("%s is %s", (address, name) => {
  expect(readRemoteName(address)).toBe(name);
});
