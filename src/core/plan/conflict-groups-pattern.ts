/** `{a,b}{c,d}` are four patterns; more are not tried. */
const ALTERNATIVES_MAX = 16;

/**
 * A matcher of paths, split at the slashes, for patterns such as `src/*.{ts,tsx}`: a star stands for any part of a name, a name of two stars for any
 * folders, a question mark for one letter. In time that grows with pattern times path whatever either holds, which a
 * regular expression made of a stranger's pattern does not; anything else in it is taken as written.
 */
export function patternMatcher(pattern: string): (names: readonly string[]) => boolean {
  const shapes = alternativesOf(pattern).map((one) => one.split("/").map(nameShape));
  const isDeep = shapes.map((shape) => shape.includes("any"));
  return (names) =>
    shapes.some(
      (shape, at) => (isDeep[at] === true || shape.length === names.length) && fits(shape, names),
    );
}

/** Braces, innermost first, as long as they are few. */
function alternativesOf(pattern: string): readonly string[] {
  let patterns: readonly string[] = [pattern];
  for (;;) {
    const next = patterns.flatMap((one) => {
      const braces = /\{([^{}]*,[^{}]*)\}/u.exec(one);
      if (braces === null) return [one];
      const [whole, inside = ""] = braces;
      const after = one.slice(braces.index + whole.length);
      return inside.split(",").map((part) => one.slice(0, braces.index) + part + after);
    });
    if (next.length > ALTERNATIVES_MAX || next.length === patterns.length) return patterns;
    patterns = next;
  }
}

/** Says whether one item fits; `any` stands for any number of items. */
type Shape = "any" | ((item: string) => boolean);

function nameShape(name: string): Shape {
  if (name === "**") return "any";
  if (!/[*?]/u.test(name)) return (item) => item === name;
  const letters = Array.from(name, (letter): Shape => {
    if (letter === "*") return "any";
    return letter === "?" ? () => true : (item) => item === letter;
  });
  return (item) => fits(letters, Array.from(item));
}

/** Goes back to the last `any` only: what stood before it need not be tried again. */
function fits(shape: readonly Shape[], items: readonly string[]): boolean {
  let [at, part] = [0, 0];
  let [lastAny, restart] = [-1, 0];
  while (at < items.length) {
    const wanted = shape[part];
    if (wanted === "any") {
      [lastAny, restart] = [part, at];
      part += 1;
    } else if (wanted?.(items[at] ?? "") === true) {
      at += 1;
      part += 1;
    } else if (lastAny >= 0) {
      restart += 1;
      at = restart;
      part = lastAny + 1;
    } else return false;
  }
  return shape.slice(part).every((rest) => rest === "any");
}
