import { execFileSync } from "node:child_process";
import fs from "node:fs";
import path from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { gitWorld, type GitWorld } from "../../../test/contract/git-world.ts";

const MB = 1024 * 1024;
const all = (): boolean => true;
let world: GitWorld;

beforeAll(async () => {
  world = await gitWorld();
});
afterAll(async () => {
  await world.close();
});

/** Commits whatever `make` puts into the checkout, on top of `main`. */
function commitOf(make: (root: string) => void): string {
  make(world.root);
  world.git(["add", "-A"]);
  world.git(["commit", "-q", "-m", "work"]);
  return world.git(["rev-parse", "HEAD"]);
}

const changes = (from: string, to: string, wantsText = all) =>
  world.repository.changesBetween(from, to, wantsText);

describe("what two commits of a real repository differ in", () => {
  test("names may hold anything: line breaks, tabs, quotes, a leading dash or colon, and text that looks like counts", async () => {
    const names = ["-rf", "1\t2\tc.txt", ":(top)x", 'a "b" \\n.txt', "end\n:0 1", "é/ü.txt"];
    const before = world.git(["rev-parse", "HEAD"]);
    const head = commitOf((root) => {
      for (const name of names) {
        fs.mkdirSync(path.join(root, path.dirname(name)), { recursive: true });
        fs.writeFileSync(path.join(root, name), `${name}\nsecond\n`);
      }
    });
    const told = await changes(before, head);
    expect(told.map((change) => change.path)).toEqual(names);
    for (const change of told)
      expect(change).toMatchObject({ added: change.path === "end\n:0 1" ? 3 : 2, deleted: 0 });
    expect(told.map((change) => change.after)).toEqual(names.map((name) => `${name}\nsecond\n`));
  });

  test("a binary file has neither lines nor text; one over 1 MB has lines and no text", async () => {
    const before = world.git(["rev-parse", "HEAD"]);
    const head = commitOf((root) => {
      fs.writeFileSync(path.join(root, "big.txt"), `${"x".repeat(MB)}\n`);
      fs.writeFileSync(path.join(root, "fits.txt"), "y".repeat(MB));
      fs.writeFileSync(path.join(root, "pic.png"), Buffer.from([137, 80, 78, 71, 0, 1, 2, 10, 3]));
    });
    const [big, fits, picture] = await changes(before, head);
    const sides = { before: null, after: null };
    const unread = { before: null, after: world.git(["rev-parse", `${head}:big.txt`]) };
    expect(big).toEqual({ path: "big.txt", added: 1, deleted: 0, ...sides, unread });
    expect(fits?.after?.length).toBe(MB);
    const blob = world.git(["rev-parse", `${head}:pic.png`]);
    const noLines = { added: null, deleted: null, before: null, after: null };
    expect(picture).toEqual({ path: "pic.png", ...noLines, unread: { before: null, after: blob } });
    expect(await world.repository.blobText(unread.after, MB + 1)).toBe(`${"x".repeat(MB)}\n`);
    expect(await world.repository.blobText(unread.after, MB)).toBeNull();
    const gone = commitOf((root) => fs.writeFileSync(path.join(root, "pic.png"), "now text\n"));
    const [text] = await changes(head, gone);
    expect(text).toMatchObject({ added: null, before: null, after: "now text\n" });
    expect(text?.unread).toEqual({ before: blob, after: null });
  });

  test("a symbolic link's text is where it points to; a change of the mode alone has no lines", async () => {
    const before = world.git(["rev-parse", "HEAD"]);
    const head = commitOf((root) => {
      fs.symlinkSync("/etc/passwd", path.join(root, "link"));
      fs.chmodSync(path.join(root, "b.txt"), 0o755);
    });
    expect(await changes(before, head)).toEqual([
      { path: "b.txt", added: 0, deleted: 0, before: "b\n", after: "b\n" },
      { path: "link", added: 1, deleted: 0, before: null, after: "/etc/passwd" },
    ]);
  });

  test("a submodule's move is told though the change asks to ignore it, and has no text", async () => {
    const before = world.git(["rev-parse", "HEAD"]);
    world.git(["update-index", "--add", "--cacheinfo", `160000,${world.start},sub`]);
    fs.writeFileSync(
      path.join(world.root, ".gitmodules"),
      '[submodule "sub"]\n\tpath = sub\n\turl = ./sub\n\tignore = all\n',
    );
    world.git(["add", ".gitmodules"]);
    world.git(["commit", "-q", "-m", "sub"]);
    const one = world.git(["rev-parse", "HEAD"]);
    world.git(["update-index", "--cacheinfo", `160000,${before},sub`]);
    world.git(["commit", "-q", "-m", "sub moves"]);
    const two = world.git(["rev-parse", "HEAD"]);
    const noText = { before: null, after: null };
    expect(await changes(before, one)).toContainEqual({
      path: "sub",
      added: 1,
      deleted: 0,
      ...noText,
    });
    expect(await changes(one, two)).toEqual([{ path: "sub", added: 1, deleted: 1, ...noText }]);
  });
});

describe("the text of a file in a real checkout", () => {
  test("is null by way of a link that leaves it, for a pipe and for a folder; a link inside is followed", async () => {
    const outside = path.join(path.dirname(world.root), "outside.txt");
    fs.writeFileSync(outside, "outside\n");
    const inside = path.join(world.root, "reports.ignored");
    fs.mkdirSync(inside);
    fs.symlinkSync(outside, path.join(inside, "leaves"));
    fs.symlinkSync(path.dirname(outside), path.join(inside, "up"));
    fs.symlinkSync("../b.txt", path.join(inside, "stays"));
    fs.symlinkSync("circle", path.join(inside, "circle"));
    execFileSync("sh", ["-c", 'mkfifo "$0"', path.join(inside, "pipe")]);
    const read = (file: string): Promise<string | null> =>
      world.repository.readTextAt(world.root, file, MB);
    expect(await read("reports.ignored/leaves")).toBeNull();
    expect(await read("reports.ignored/up/outside.txt")).toBeNull();
    expect(await read("reports.ignored/circle")).toBeNull();
    expect(await read("reports.ignored/pipe")).toBeNull();
    expect(await read("reports.ignored")).toBeNull();
    expect(await read("a\0b")).toBeNull();
    expect(await read("b.txt/below")).toBeNull();
    expect(await read("reports.ignored/stays")).toBe("b\n");
  });
});
