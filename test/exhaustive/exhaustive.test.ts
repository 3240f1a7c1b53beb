import { expect, test } from "vitest";
import { explore, RedPath } from "./explore.ts";
import { PLANTED_BUGS } from "./planted-bugs.ts";
import { allSmallWorlds, smallWorld } from "./small-worlds.ts";

// All worlds with two faults are for `npm run exhaustive`; here each is walked through once, and some with one fault.
test.each(allSmallWorlds().map((world) => [world.name, world] as const))(
  "%s: every order is fine as long as nothing goes wrong",
  (_name, world) => {
    const { isWhole, ends } = explore(world, 0);
    expect(isWhole).toBe(true);
    expect(ends).toBeGreaterThan(0);
  },
);

test.each([
  { shape: "chain", edits: "clash", train: true, start: "stacked" },
  { shape: "V", edits: "overlap", train: true, start: "merged" },
  { shape: "Λ", edits: "own", train: false, start: "stacked" },
] as const)("$shape, $edits: nor when one thing does, at any moment", (world) => {
  const { isWhole, places } = explore(smallWorld(world), 1);
  expect(isWhole).toBe(true);
  expect(places).toBeGreaterThan(1_000);
});

test.each(PLANTED_BUGS.map((bug) => [bug.name, bug] as const))(
  "a planted bug is found: %s",
  (_name, { world, faults, plant }) => {
    expect(() => explore(smallWorld(world), faults, { plant })).toThrow(RedPath);
  },
);
