import { expect, test } from "vitest";
import type { FileChange } from "../ports/repository.ts";
import type { AddedText } from "../ports/secrets.ts";
import { UnreadFiles } from "./unread-files.ts";

const BLOBS: Readonly<Record<string, string>> = {
  b1: `${"line\n".repeat(100_000)}${"k".repeat(20_000)}\n${"end\n".repeat(10)}`,
  b2: "x".repeat(1000),
};

function open(bytesMax?: number) {
  const asked: string[] = [];
  const blobText = async (blob: string, most: number): Promise<string | null> => {
    asked.push(blob);
    const text = BLOBS[blob] ?? "";
    return Promise.resolve(text.length > most ? null : text);
  };
  return { asked, files: new UnreadFiles({ blobText }, bytesMax) };
}

function added(path: string, blob: string): FileChange {
  const sides = { added: null, deleted: null, before: null, after: null };
  return { path, ...sides, unread: { before: null, after: blob } };
}

async function all(files: UnreadFiles, change: FileChange): Promise<readonly AddedText[]> {
  const pieces: AddedText[] = [];
  for await (const piece of files.added(change)) pieces.push(piece);
  return pieces;
}

test("pieces overlap by more than a key is long, and lines keep their numbers", async () => {
  const pieces = await all(open().files, added("a.txt", "b1"));
  expect(pieces.length).toBeGreaterThan(1);
  for (const [at, { lines }] of pieces.slice(1).entries()) {
    const before = pieces[at]?.lines ?? [];
    const again = before.filter(({ line }) => line >= (lines[0]?.line ?? 0));
    const size = again.reduce((sum, { text }) => sum + text.length + 1, 0);
    expect(size).toBeGreaterThan(20_000);
  }
  const key = pieces.flatMap(({ lines }) => lines).find(({ text }) => text.startsWith("k"));
  expect(key).toEqual({ line: 100_001, text: "k".repeat(20_000) });
});

test("what is more than is read is named", async () => {
  const { files } = open(1500);
  expect(await all(files, added("one", "b2"))).toMatchObject([{ lines: [{ line: 1 }] }]);
  const named = [{ path: "two", lines: [], unscanned: "b2" }];
  expect(await all(files, added("two", "b2"))).toEqual(named);
});

test("the same change of a file is read once, and one that was only removed not at all", async () => {
  const { files, asked } = open();
  await all(files, added("one", "b2"));
  expect(await all(files, added("one", "b2"))).toEqual([]);
  const removed = { ...added("gone", ""), unread: { before: "b2", after: null } };
  expect(await all(files, removed)).toEqual([]);
  expect(asked).toEqual(["b2"]);
});
