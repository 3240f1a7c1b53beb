/** The name that a mistyped one was probably meant to be; null when none is near. Case does not count. */
export function nearestName(wanted: string, names: readonly string[]): string | null {
  const typed = wanted.slice(0, 100).toLowerCase();
  let nearest: string | null = null;
  let least = Math.max(2, Math.floor(typed.length / 3)) + 1;
  for (const name of names) {
    const known = name.slice(0, 100).toLowerCase();
    if (Math.abs(known.length - typed.length) >= least) continue;
    const distance = editDistance(typed, known);
    if (distance >= least) continue;
    [nearest, least] = [name, distance];
  }
  return nearest;
}

/** Letters to insert, remove or change (Levenshtein). */
function editDistance(from: string, to: string): number {
  let row = Array.from({ length: to.length + 1 }, (_, index) => index);
  for (let i = 0; i < from.length; i += 1) {
    const next = [i + 1];
    for (let j = 0; j < to.length; j += 1) {
      const changed = (row[j] ?? 0) + (from[i] === to[j] ? 0 : 1);
      next.push(Math.min(changed, (row[j + 1] ?? 0) + 1, (next[j] ?? 0) + 1));
    }
    row = next;
  }
  return row.at(-1) ?? 0;
}
