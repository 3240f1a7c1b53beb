import path from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { gitWorld, identity, type GitWorld } from "../../../test/contract/git-world.ts";
import { openRefMover, type RefMover } from "./ref-mover.ts";

const AT_ONCE = 40;

let world: GitWorld;
let mover: RefMover;

beforeAll(async () => {
  world = await gitWorld();
  mover = openRefMover(path.join(world.root, ".git"), identity("cairn@cairn.invalid"));
});

afterAll(async () => {
  await mover.close();
  await world.close();
});

test("asked for many at once, each is answered for itself", async () => {
  mover.prepare();
  const refs = Array.from({ length: AT_ONCE }, (_, at) => `refs/cairn/put-${at}`);
  const moved = await Promise.all(refs.map(async (ref) => mover.put(ref, world.start)));
  expect(moved).toStrictEqual(refs.map(() => true));
  expect(world.git(["for-each-ref", "refs/cairn/put-*"]).split("\n")).toHaveLength(AT_ONCE);
});

test("one that is refused takes none of the others with it", async () => {
  const moves = [null, world.start, null, null].map(async (from, at) =>
    mover.move(`refs/cairn/move-${at}`, from, world.start),
  );
  expect(await Promise.all(moves)).toStrictEqual([true, false, true, true]);
});
