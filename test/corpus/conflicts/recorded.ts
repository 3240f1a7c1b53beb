import { oneFile, type ConflictCase } from "./case.ts";

const sides = {
  base: "colour\nend\n",
  ours: "red\nend\n",
  theirs: "blue\nend\n",
};

/** The same three blobs again, after somebody has settled them. */
export const RECORDED: readonly ConflictCase[] = [
  {
    name: "the same three blobs are settled as they were before",
    ...oneFile("paint.txt", sides),
    recorded: { "paint.txt": "red and blue\nend\n" },
    class: "trivial",
    settled: { "paint.txt": { by: "recorded resolution", text: "red and blue\nend\n" } },
  },
  {
    name: "the same three blobs in another place",
    ...oneFile("other/paint.txt", sides),
    class: "trivial",
    settled: { "other/paint.txt": { by: "recorded resolution", text: "red and blue\nend\n" } },
  },
  {
    name: "trap: the same two sides over another base",
    ...oneFile("paint.txt", { ...sides, base: "shade\nend\n" }),
    class: "medium",
  },
  {
    name: "trap: the sides exchanged",
    ...oneFile("paint.txt", { base: sides.base, ours: sides.theirs, theirs: sides.ours }),
    class: "medium",
  },
  {
    name: "both made a file that was settled before",
    base: { "a.txt": "a\n" },
    ours: { "new.txt": "mine\n" },
    theirs: { "new.txt": "yours\n" },
    recorded: { "new.txt": "mine and yours\n" },
    class: "trivial",
    settled: { "new.txt": { by: "recorded resolution", text: "mine and yours\n" } },
  },
  {
    name: "trap: what was recorded for one of two files settles nothing",
    base: { "p.txt": sides.base, "q.txt": "q\n" },
    ours: { "p.txt": sides.ours, "q.txt": "q ours\n" },
    theirs: { "p.txt": sides.theirs, "q.txt": "q theirs\n" },
    class: "medium",
  },
];
