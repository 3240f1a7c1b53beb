/** One simple command of a shell line: its words as written, with their quotes. */
export type ShellWords = readonly string[];

/**
 * The simple commands of a line, joined by `&&` or `;`. Null where the line is more than that (pipes, redirections,
 * substitutions, loops): then nobody takes it apart.
 */
export function splitShell(line: string): readonly ShellWords[] | null {
  const commands: string[][] = [[]];
  let rest = line.trim();
  while (rest !== "") {
    const joint = /^\s*(?:&&|;|\n)\s*/.exec(rest);
    const word = WORD.exec(rest);
    if (joint !== null) {
      commands.push([]);
      rest = rest.slice(joint[0].length);
    } else if (word !== null) {
      commands.at(-1)?.push(word[1] ?? "");
      rest = rest.slice(word[0].length);
    } else return null;
  }
  return commands.filter((words) => words.length > 0);
}

/** Bare characters, escapes, and quoted stretches without substitutions in them. */
const WORD =
  /^((?:[^\s;&|<>()'"`\\$]|\$(?=\w|\{)|\\[^\n]|'[^']*'|"(?:[^"\\`$]|\$(?=\w|\{)|\\[^\n])*")+)[^\S\n]*/;

/** The word without its quotes, for looking at; never for the shell. */
export function bare(word: string): string {
  return word.replaceAll(/\\(.)|["']/g, "$1");
}

/** A path as one word that no shell, and no program that knows options, takes for anything else. */
export function quotePath(path: string): string {
  return quote(path.startsWith("/") ? path : `./${path}`);
}

/**
 * The same for a program that reads its arguments as patterns, and takes a path that it has shortened for an option:
 * node does both. Where a pattern has no words for a character, any one stands for it.
 */
export function quotePattern(path: string): string {
  const pattern = path.replaceAll(/[[*?]/g, "[$&]").replaceAll(/[{}()!@+\\]/g, "?");
  return path.startsWith("/") ? quote(pattern) : `"$PWD"/${quote(pattern)}`;
}

export function quote(word: string): string {
  return /^[\w./@%+=:,-]+$/.test(word) ? word : `'${word.replaceAll("'", String.raw`'\''`)}'`;
}
