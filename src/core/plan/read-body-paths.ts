const PATH = /^(?=[^\s]*[./*])[\w@~.*{}[\]()+$,-][\w@~.*{}[\]()+$,/-]*$/u;

/** Paths that a few words name: all in backticks where there are any, else what looks like a path. */
export function pathsIn(words: string): readonly string[] {
  return words.split(/[,;]/u).flatMap((segment) => {
    const quoted = [...segment.matchAll(/`([^`]+)`/gu)].map((match) => match[1] ?? "");
    const said = segment.replaceAll(/\([^()]*\)/gu, "").split(/\s[–—-]\s/u, 1)[0] ?? "";
    return (quoted.length > 0 ? quoted : said.split(/\s+(?:and\s+)?/u)).flatMap((word) => {
      const path = word
        .trim()
        .replace(/^\.\//u, "")
        .replace(/(?::\d+(?:-\d+)?|[.,;:])$/u, "");
      return PATH.test(path) || (quoted.length > 0 && /^\S+$/u.test(path)) ? [path] : [];
    });
  });
}
