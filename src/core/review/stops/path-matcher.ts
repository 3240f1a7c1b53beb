import picomatch from "picomatch";

/** True for paths that one of the patterns names; a line break in a path is a character like any other. */
export function pathMatcher(patterns: readonly string[]): (path: string) => boolean {
  return picomatch([...patterns], { dot: true, flags: "s" });
}
