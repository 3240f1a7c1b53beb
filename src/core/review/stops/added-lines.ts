/** One line of a text, without its line break, with its number from 1. */
export interface NumberedLine {
  readonly line: number;
  readonly text: string;
}

// Further apart two texts are not aligned line by line: it would take the square of it, and who rewrote a file has
// written it anew.
const EDITS_MAX = 800;

/** Lines of `after` that `before` has not got, ascending: what a reviewer sees as added. */
export function addedLines(before: string | null, after: string | null): readonly NumberedLine[] {
  const [old, now] = [linesOf(before), linesOf(after)];
  let start = 0;
  while (start < old.length && start < now.length && old[start] === now[start]) start += 1;
  let [oldEnd, nowEnd] = [old.length, now.length];
  while (oldEnd > start && nowEnd > start && old[oldEnd - 1] === now[nowEnd - 1]) {
    oldEnd -= 1;
    nowEnd -= 1;
  }
  const [oldMiddle, nowMiddle] = [old.slice(start, oldEnd), now.slice(start, nowEnd)];
  const isKept = alignedLines(oldMiddle, nowMiddle) ?? linesFoundAnywhere(oldMiddle, nowMiddle);
  return nowMiddle.flatMap((text, index) =>
    isKept[index] === 1 ? [] : [{ line: start + index + 1, text: text.replace(/\r$/u, "") }],
  );
}

function linesOf(text: string | null): readonly string[] {
  if (text === null || text === "") return [];
  const lines = text.split("\n");
  if (lines.at(-1) === "") lines.pop();
  return lines;
}

/** The shortest way from `a` to `b` (Myers, 1986): 1 for each line of `b` that stays. Null: too far apart. */
function alignedLines(a: readonly string[], b: readonly string[]): Uint8Array | null {
  const isKept = new Uint8Array(b.length);
  if (a.length === 0 || b.length === 0) return isKept;
  const editsMax = Math.min(a.length + b.length, EDITS_MAX);
  const reached = new Int32Array(2 * editsMax + 3);
  const middle = editsMax + 1;
  const trail: Int32Array[] = [];
  for (let edits = 0; edits <= editsMax; edits += 1) {
    trail.push(reached.slice(middle - edits - 1, middle + edits + 2));
    for (let diagonal = -edits; diagonal <= edits; diagonal += 2) {
      const [left, right] = [
        at(reached, middle + diagonal - 1),
        at(reached, middle + diagonal + 1),
      ];
      const isDown = diagonal === -edits || (diagonal !== edits && left < right);
      let x = isDown ? right : left + 1;
      while (x < a.length && x - diagonal < b.length && a[x] === b[x - diagonal]) x += 1;
      reached[middle + diagonal] = x;
      if (x >= a.length && x - diagonal >= b.length) {
        walkBack(trail, { x: a.length, y: b.length }, isKept);
        return isKept;
      }
    }
  }
  return null;
}

function walkBack(
  trail: readonly Int32Array[],
  end: { readonly x: number; readonly y: number },
  isKept: Uint8Array,
): void {
  let { x, y } = end;
  for (let edits = trail.length - 1; edits >= 0; edits -= 1) {
    const reached = trail[edits] ?? new Int32Array(0);
    const diagonal = x - y;
    // Each note begins one diagonal left of those reached with so many edits.
    const note = edits + 1;
    const [left, right] = [at(reached, note + diagonal - 1), at(reached, note + diagonal + 1)];
    const isDown = diagonal === -edits || (diagonal !== edits && left < right);
    const previous = isDown ? diagonal + 1 : diagonal - 1;
    const fromX = edits === 0 ? 0 : at(reached, note + previous);
    const fromY = edits === 0 ? 0 : fromX - previous;
    while (x > fromX && y > fromY) {
      x -= 1;
      y -= 1;
      isKept[y] = 1;
    }
    [x, y] = [fromX, fromY];
  }
}

function at(values: Int32Array, index: number): number {
  return values[index] ?? 0;
}

/** 1 for each line of `b` that `a` has as well, as often as it has it, wherever it stands. */
function linesFoundAnywhere(a: readonly string[], b: readonly string[]): Uint8Array {
  const left = new Map<string, number>();
  for (const line of a) left.set(line, (left.get(line) ?? 0) + 1);
  return Uint8Array.from(b, (line) => {
    const count = left.get(line) ?? 0;
    if (count > 0) left.set(line, count - 1);
    return count > 0 ? 1 : 0;
  });
}
