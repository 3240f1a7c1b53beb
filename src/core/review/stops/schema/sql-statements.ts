/** One statement, in lower case, without comments, with its text literals emptied. */
export interface SqlStatement {
  readonly text: string;
  /** Texts between dollar signs in it: bodies of functions and of `do`. */
  readonly bodies: readonly string[];
}

/** A line at which what takes a migration back begins, and one at which what it does goes on. */
const DOWN = /^--\s*(?:\+goose\s+down|\+migrate\s+down|migrate:down|@undo)\b/iu;
const UP = /^--\s*(?:\+goose\s+up|\+migrate\s+up|migrate:up)\b/iu;
/** SQL Server and scripts by hand leave the semicolon out; at the start of a line these can only begin a statement. */
const BEGINS =
  /^(?:alter|create|drop|rename)\s+(?:table|view|type|schema|database|sequence|function|procedure)\b/u;

/** Splits a script into its statements, without the part that takes it back. */
export function sqlStatements(script: string): readonly SqlStatement[] {
  const statements: SqlStatement[] = [];
  let text = "";
  let bodies: string[] = [];
  const end = (): void => {
    const plain = text.replaceAll(/\s+/gu, " ").trim().toLowerCase();
    if (plain !== "") statements.push({ text: plain, bodies });
    text = "";
    bodies = [];
  };
  let depth = 0;
  for (const token of tokens(withoutDown(script))) {
    const [first = ""] = token;
    if (token === ";" || token === "\u0000go") end();
    else if (first === "$" && token.length > 1) {
      bodies.push(token.slice(token.indexOf("$", 1) + 1, token.lastIndexOf("$", token.length - 2)));
      text += " $$ ";
    } else {
      depth = first === "(" ? depth + 1 : first === ")" ? Math.max(0, depth - 1) : depth;
      if (token.startsWith("\n") && depth === 0 && BEGINS.test(token.slice(1).toLowerCase())) end();
      text += token;
    }
    if (token === ";") depth = 0;
  }
  end();
  return withoutRoutineBodies(statements);
}

function withoutDown(script: string): string {
  let isUp = true;
  const kept = script.split("\n").filter((line) => {
    if (DOWN.test(line)) isUp = false;
    else if (UP.test(line)) isUp = true;
    return isUp;
  });
  return kept.join("\n");
}

/**
 * Comments vanish, text literals become `''`, quoted names lose their quotes, dollar-quoted texts stay whole in one
 * piece, a line starts with its break.
 */
function* tokens(script: string): Generator<string> {
  // MySQL's dumps put statements into comments of this form, and run them.
  const sql = script.replaceAll(/\/\*!\d*([^*]*)\*\//gu, " $1 ");
  for (let at = 0; at < sql.length;) {
    const two = sql.slice(at, at + 2);
    const char = sql.charAt(at);
    if (two === "--" || (char === "#" && isLineStart(sql, at))) {
      at = lineEnd(sql, at);
    } else if (two === "/*") {
      at = after(sql, "*/", at + 2);
      yield " ";
    } else if (char === "'") {
      at = literalEnd(sql, at);
      yield "''";
    } else if (
      char === '"' ||
      char === "`" ||
      (char === "[" && /^\[\w[\w ]{0,60}\]/u.test(sql.slice(at, at + 64)))
    ) {
      const close = char === "[" ? "]" : char;
      const next = after(sql, close, at + 1);
      yield sql.slice(at + 1, next - 1).replaceAll(/[^\w.$-]+/gu, "_");
      at = next;
    } else if (char === "$" && /^\$\w{0,40}\$/u.test(sql.slice(at, at + 42))) {
      const tag = /^\$\w{0,40}\$/u.exec(sql.slice(at, at + 42))?.[0] ?? "$$";
      const next = after(sql, tag, at + tag.length);
      yield sql.slice(at, next);
      at = next;
    } else if (char === "\n") {
      const line = sql.slice(at + 1, Math.min(lineEnd(sql, at + 1), at + 80));
      at += 1;
      if (/^\s*(?:go|delimiter\b.*)\s*$/iu.test(line)) {
        yield "\u0000go";
        at = lineEnd(sql, at);
      } else {
        const words = /^\s*\w+\s+\w+/u.exec(line)?.[0] ?? "";
        yield `\n${words.trimStart()}`;
        at += words.length;
      }
    } else if (/\w/u.test(char)) {
      const word = /^\w+/u.exec(sql.slice(at, at + 200))?.[0] ?? char;
      yield word;
      at += word.length;
    } else {
      yield char;
      at += 1;
    }
  }
}

function isLineStart(sql: string, at: number): boolean {
  return at === 0 || sql.charAt(at - 1) === "\n";
}

function lineEnd(sql: string, at: number): number {
  const end = sql.indexOf("\n", at);
  return end < 0 ? sql.length : end;
}

function after(sql: string, mark: string, from: number): number {
  const found = sql.indexOf(mark, from);
  return found < 0 ? sql.length : found + mark.length;
}

function literalEnd(sql: string, start: number): number {
  for (let at = start + 1; at < sql.length; at += 1) {
    const char = sql.charAt(at);
    if (char === "\\") at += 1;
    else if (char === "'" && sql.charAt(at + 1) === "'") at += 1;
    else if (char === "'") return at + 1;
  }
  return sql.length;
}

/** What stands between `begin` and `end` of a trigger or procedure is done when it is called, not by the migration. */
function withoutRoutineBodies(statements: readonly SqlStatement[]): readonly SqlStatement[] {
  let isInside = false;
  return statements.filter(({ text }) => {
    if (isInside) {
      isInside = !/^end\b(?! (?:if|case|loop|while|repeat)\b)/u.test(text);
      return false;
    }
    isInside =
      /^create (?:or replace )?(?:definer ?= ?\S+ )?(?:trigger|procedure|function)\b/u.test(text) &&
      /\bbegin\b/u.test(text) &&
      !/\bend$/u.test(text);
    return true;
  });
}
