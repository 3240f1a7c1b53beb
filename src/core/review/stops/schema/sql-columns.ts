/** A column as a `create table` or `add column` declares it. */
export interface Column {
  readonly name: string;
  readonly type: string;
  readonly notNull: boolean;
  /** Rows that are there already, and writers that do not know the column, get a value. */
  readonly isFilled: boolean;
}

const FILLS =
  /\b(?:default|generated|identity|auto_increment|autoincrement|serial|bigserial|smallserial|rowversion)\b/u;
const TYPE_ENDS =
  /\b(?:not null|null|default|primary|unique|references|check|collate|generated|constraint|auto_increment|autoincrement|comment|identity|on update|key|after|first)\b/u;
const NO_COLUMN =
  /^(?:constraint|primary|unique|foreign|check|key|index|exclude|like|fulltext|spatial|period)\b/u;

/** Nobody who does not know the column can write a row. */
export function isRequired(column: Column): boolean {
  return column.notNull && !column.isFilled;
}

/** Reads `name type …`, in lower case and with single spaces. */
export function columnOf(definition: string): Column {
  const space = definition.indexOf(" ");
  const name = space < 0 ? definition : definition.slice(0, space);
  const rest = space < 0 ? "" : definition.slice(space + 1);
  const end = TYPE_ENDS.exec(rest)?.index ?? rest.length;
  return {
    name,
    type: rest.slice(0, end).replaceAll(" ", ""),
    notNull: /\bnot null\b|\bprimary key\b/u.test(rest),
    isFilled: FILLS.test(rest),
  };
}

/** Columns of a `create table`, by name. */
export function columnsOf(statement: string): ReadonlyMap<string, Column> {
  const open = statement.indexOf("(");
  if (open < 0) return new Map();
  const columns = atTopLevel(statement.slice(open + 1))
    .filter((part) => part !== "" && !NO_COLUMN.test(part))
    .map((part) => columnOf(part));
  return new Map(columns.map((column) => [column.name, column]));
}

/** What an `alter table` does, one thing after the other; `add (a …, b …)` counts as two. */
export function alterActions(rest: string): readonly string[] {
  return atTopLevel(rest).flatMap((action) => {
    const inner = /^(add|modify|drop)(?: columns?)? ?\((.*)\)$/u.exec(action);
    if (inner === null) return action === "" ? [] : [action];
    return atTopLevel(inner[2] ?? "").map((part) => `${inner[1]} ${part}`);
  });
}

/** Parts between the commas that stand in no parentheses; ends where the ones it began in are closed. */
function atTopLevel(text: string): readonly string[] {
  const parts: string[] = [];
  let depth = 0;
  let start = 0;
  let at = 0;
  for (; at < text.length && depth >= 0; at += 1) {
    const char = text.charAt(at);
    if (char === "(") depth += 1;
    else if (char === ")") depth -= 1;
    else if (char === "," && depth === 0) {
      parts.push(text.slice(start, at).trim());
      start = at + 1;
    }
  }
  parts.push(text.slice(start, depth < 0 ? at - 1 : at).trim());
  return parts;
}
