import { additive, breaking, type SchemaChange, type Sides } from "./schema-change.ts";
import { alterActions, columnOf, columnsOf, isRequired, type Column } from "./sql-columns.ts";
import { sqlStatements, type SqlStatement } from "./sql-statements.ts";

const NAME = String.raw`(?:if (?:not )?exists )?(?:only )?([\w.$#@-]+)`;
const DROPS = new RegExp(
  String.raw`^drop (table|column|view|materialized view|type|schema|database|sequence|domain|extension|function|procedure|aggregate|foreign table) ${NAME}`,
  "u",
);
const CREATES = new RegExp(
  String.raw`^create (?:or replace |or alter )?((?:global |local )?temp(?:orary)? |unlogged |external |materialized |unique |virtual )*(table|view|type|schema|database|sequence|domain|extension|index|policy|trigger|function|procedure)\b(?: concurrently)? ?${NAME}?`,
  "u",
);
const ALTERS = new RegExp(String.raw`^alter (foreign table|table) ${NAME} ?(.*)$`, "u");
const FILES_TAKEN_BACK =
  /(?:^|[/._-])(?:down|rollback|revert|undo)(?:\.\w+)?\.sql$|(?:^|\/)U[\d.]+__[^/]*\.sql$/iu;

/** True for a script that only takes another one back: what it drops was never relied on. */
function isTakenBack(path: string): boolean {
  return FILES_TAKEN_BACK.test(path);
}

/** What the SQL of a change does to the schema: migrations by their statements, dumps by the tables they create. */
export function sqlChanges(files: readonly Sides[]): readonly SchemaChange[] {
  const before = files.map(({ path, before: text }) => ({ path, statements: read(path, text) }));
  const after = files.map(({ path, after: text }) => ({ path, statements: read(path, text) }));
  // Over all files at once: a script that was renamed, or a table that went into another file, is no change.
  const gone = without(before, after);
  const fresh = without(after, before);
  const created = new Map(
    fresh.flatMap(({ statement }) => {
      const name = createdTable(statement);
      return name === null ? [] : [[name, statement.text] as const];
    }),
  );
  const replaced = new Set<string>();
  const fromDumps = gone.flatMap(({ path, statement }) => {
    const name = createdTable(statement);
    if (name === null) return [];
    const now = created.get(name);
    if (now === undefined) return [breaking(path, `no longer creates the table ${name}`)];
    replaced.add(name);
    return compareTables(path, { name, before: statement.text, after: now });
  });
  const rest = fresh.filter(({ statement }) => !replaced.has(createdTable(statement) ?? ""));
  return [...fromDumps, ...scriptChanges(rest)];
}

/** What one script does when it is run, as a string inside of a migration is. */
export function scriptOf(path: string, sql: string): readonly SchemaChange[] {
  return scriptChanges(sqlStatements(sql).map((statement) => ({ path, statement })));
}

interface Placed {
  readonly path: string;
  readonly statement: SqlStatement;
}

function read(path: string, text: string | null): readonly SqlStatement[] {
  return text === null || isTakenBack(path) ? [] : sqlStatements(text);
}

function identity({ text, bodies }: SqlStatement): string {
  return [text, ...bodies].join("\n");
}

function without(
  these: readonly { readonly path: string; readonly statements: readonly SqlStatement[] }[],
  those: readonly { readonly statements: readonly SqlStatement[] }[],
): readonly Placed[] {
  const known = new Map<string, number>();
  for (const statement of those.flatMap(({ statements }) => statements))
    known.set(identity(statement), (known.get(identity(statement)) ?? 0) + 1);
  return these.flatMap(({ path, statements }) =>
    statements.flatMap((statement) => {
      const left = known.get(identity(statement)) ?? 0;
      if (left > 0) known.set(identity(statement), left - 1);
      return left > 0 ? [] : [{ path, statement }];
    }),
  );
}

function createdTable({ text }: SqlStatement): string | null {
  const [, kinds = "", what, name] = CREATES.exec(text) ?? [];
  return what === "table" && name !== undefined && !kinds.includes("temp") ? name : null;
}

function scriptChanges(placed: readonly Placed[]): readonly SchemaChange[] {
  const made = new Set<string>();
  // A routine that is dropped to be created anew is only changed.
  const routines = new Set(
    placed.flatMap(({ statement }) => {
      const [, , what, name] = CREATES.exec(statement.text) ?? [];
      return what === "function" || what === "procedure" ? [`${what} ${name ?? ""}`] : [];
    }),
  );
  return placed.flatMap(({ path, statement }) => {
    const dropped = DROPS.exec(statement.text);
    const name = dropped?.[2] ?? "";
    if (dropped !== null && (made.has(name) || routines.has(`${dropped[1]} ${name}`))) return [];
    const found = statementChanges(path, statement);
    const [, , what, creates] = CREATES.exec(statement.text) ?? [];
    if (what === "table" && creates !== undefined) made.add(creates);
    return found;
  });
}

function statementChanges(path: string, { text, bodies }: SqlStatement): readonly SchemaChange[] {
  const dropped = DROPS.exec(text);
  if (dropped !== null) return [breaking(path, `drops the ${dropped[1]} ${dropped[2]}`)];
  const altered = ALTERS.exec(text);
  if (altered !== null) return alterTable(path, altered[2] ?? "", altered[3] ?? "");
  if (text.startsWith("rename table ") || /\bsp_rename\b/u.test(text))
    return [breaking(path, "renames a table or column")];
  if (/^alter (?:type|domain|view|sequence|schema)\b/u.test(text)) {
    const isAdded = /\badd value\b|\bowner to\b|\bset default\b/u.test(text);
    return [(isAdded ? additive : breaking)(path, `alters: ${shortened(text)}`)];
  }
  const [whole, kinds = "", what, name = ""] = CREATES.exec(text) ?? [];
  if (whole !== undefined && !kinds.includes("temp"))
    return [additive(path, `creates the ${what} ${name}`.trimEnd())];
  if (text.startsWith("drop ")) return [additive(path, shortened(text).replace("drop", "drops"))];
  return /^(?:do|if|begin)\b/u.test(text) ? nested(path, text, bodies) : [];
}

/** Statements behind a condition, or in the body of a `do`, are run by the migration as well. */
function nested(path: string, text: string, bodies: readonly string[]): readonly SchemaChange[] {
  const inner = bodies.flatMap((body) => sqlStatements(body)).map((statement) => statement.text);
  return [text, ...inner].flatMap((one) => {
    const start = one.search(
      /\b(?:alter|drop|create|rename) (?:table|view|type|schema|function)\b/u,
    );
    return start < 0 ? [] : statementChanges(path, { text: one.slice(start), bodies: [] });
  });
}

function alterTable(path: string, table: string, rest: string): readonly SchemaChange[] {
  let isAdding = false;
  return alterActions(rest).map((action) => {
    const isMore =
      isAdding && !/^(?:add|drop|alter|rename|modify|change|set|owner|engine)\b/u.test(action);
    isAdding = isMore || /^add (?!constraint\b)/u.test(action);
    return alterAction(path, table, isMore ? `add ${action}` : action);
  });
}

const CONSTRAINT =
  "constraint|index|key|unique|foreign key|primary key|foreign|primary|check|fulltext|spatial|partition|exclude|period|statistics";
const ADDS_CONSTRAINT = new RegExp(`^add (?:${CONSTRAINT})\\b`, "u");
const DROPS_CONSTRAINT = new RegExp(`^drop (?:${CONSTRAINT})\\b`, "u");

function alterAction(path: string, table: string, action: string): SchemaChange {
  const [, column = ""] =
    /^(?:add|drop|alter|modify|change) (?:column )?(?:if (?:not )?exists )?\(?([\w.$#@-]+)/u.exec(
      action,
    ) ?? [];
  const place = `${table}.${column}`;
  if (ADDS_CONSTRAINT.test(action)) return additive(path, `adds a constraint or index to ${table}`);
  if (DROPS_CONSTRAINT.test(action))
    return additive(path, `drops a constraint or index of ${table}`);
  if (/^add\b/u.test(action)) {
    const definition = columnOf(action.replace(/^add (?:column )?(?:if not exists )?\(?/u, ""));
    return isRequired(definition)
      ? breaking(path, `adds the column ${place}, not null and without a default`)
      : additive(path, `adds the column ${place}`);
  }
  if (/^drop\b/u.test(action)) return breaking(path, `drops the column ${place}`);
  if (/^rename (?:index|key|constraint)\b/u.test(action))
    return additive(path, `renames an index or constraint of ${table}`);
  if (/^rename\b/u.test(action)) return breaking(path, `renames ${table} or a column of it`);
  if (/^(?:modify|change)\b/u.test(action)) return breaking(path, `changes the column ${place}`);
  if (/^set schema\b/u.test(action)) return breaking(path, `moves the table ${table}`);
  if (/^alter\b/u.test(action)) return alterColumn(path, place, action);
  return additive(path, `alters the table ${table}`);
}

function alterColumn(path: string, place: string, action: string): SchemaChange {
  if (/\bset not null\b/u.test(action)) return breaking(path, `makes the column ${place} not null`);
  if (/\bdrop default\b/u.test(action)) return breaking(path, `drops the default of ${place}`);
  if (
    / (?:set default|drop not null|set statistics|set storage|drop identity|add generated|restart)\b/u.test(
      action,
    )
  )
    return additive(path, `alters the column ${place}`);
  return breaking(path, `changes the type of ${place}`);
}

function compareTables(
  path: string,
  table: { readonly name: string; readonly before: string; readonly after: string },
): readonly SchemaChange[] {
  const [old, now] = [columnsOf(table.before), columnsOf(table.after)];
  const found: SchemaChange[] = [];
  for (const [name, column] of old) {
    const is: Column | undefined = now.get(name);
    const place = `${table.name}.${name}`;
    if (is === undefined) found.push(breaking(path, `drops the column ${place}`));
    else if (is.type !== column.type) found.push(breaking(path, `changes the type of ${place}`));
    else if (is.notNull && !column.notNull)
      found.push(breaking(path, `makes the column ${place} not null`));
  }
  for (const [name, column] of now) {
    if (old.has(name)) continue;
    const place = `the column ${table.name}.${name}`;
    found.push(
      isRequired(column)
        ? breaking(path, `adds ${place}, not null and without a default`)
        : additive(path, `adds ${place}`),
    );
  }
  return found.length > 0 ? found : [additive(path, `alters the table ${table.name}`)];
}

function shortened(text: string): string {
  return text.length > 60 ? `${text.slice(0, 59)}…` : text;
}
