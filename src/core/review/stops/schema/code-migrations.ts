import { additive, breaking, type SchemaChange, type Sides } from "./schema-change.ts";
import { scriptOf } from "./sql-changes.ts";

const MIGRATION =
  /(?:^|\/)(?:migrations?|migrate|alembic|Migrations)\/(?:.*\/)?[^/]+\.(?:py|rb|[cm]?[jt]s|php|cs|exs)$/u;

/** True for a migration that is written in a programming language. */
export function isCodeMigration(path: string): boolean {
  return MIGRATION.test(path);
}

/** One call in a migration: its name, and the text of its arguments. */
interface Call {
  readonly name: string;
  readonly args: string;
}

const DROPS =
  /^(?:drop_?(?:columns?|table|tables|table_?if_?exists|join_table|enum)|remove_?(?:columns?|field|reference|belongs_to|timestamps)|delete_?model|rename_?(?:column|table|field|model|enum)|alter_?(?:model_?table|field)|change_?column|change_?column_?type|change|alter|set_?nullable_?false)$/iu;
const CREATES =
  /^(?:create_?(?:table|tables|model|join_table|index|enum|view)|add_?(?:index|constraint|foreign_?key|timestamps|check_constraint)|(?:add_?)?(?:unique_constraint))$/iu;
const ADDS = /^(?:add_?(?:column|columns|field|reference|belongs_to))$/iu;
const RUNS_SQL = /^(?:execute|raw|query|runsql|run_sql|sql|statement|unprepared)$/iu;

/** What migrations of Alembic, Django, Rails, Knex, Sequelize, TypeORM and their like do, as far as they are regular. */
export function codeMigrationChanges(files: readonly Sides[]): readonly SchemaChange[] {
  // A migration that only moved to another file does nothing new.
  const known = new Map<string, number>();
  for (const { path, before } of files)
    for (const call of callsOf(path, before ?? ""))
      known.set(identity(call), (known.get(identity(call)) ?? 0) + 1);
  return files.flatMap(({ path, after }) =>
    callsOf(path, after ?? "").flatMap((call) => {
      const left = known.get(identity(call)) ?? 0;
      known.set(identity(call), left - 1);
      return left > 0 ? [] : changesOf(path, call);
    }),
  );
}

function identity(call: Call): string {
  return `${call.name} ${call.args.replaceAll(/\s+/gu, " ")}`;
}

function changesOf(path: string, { name, args }: Call): readonly SchemaChange[] {
  const what = `${name}(${shortened(args)})`;
  if (RUNS_SQL.test(name))
    return literalsOf(args, /^run_?sql$/iu.test(name)).flatMap((sql) => scriptOf(path, sql));
  if (/^alter_?column$/iu.test(name)) {
    // Alembic names what it changes; the others say the whole type anew.
    const isNamed = path.endsWith(".py");
    const isBreaking =
      !isNamed ||
      /\btype_\s*=|\bnew_column_name\s*=|\bnullable\s*=\s*False|\bserver_default\s*=\s*None/u.test(
        args,
      );
    return [(isBreaking ? breaking : additive)(path, `alters a column: ${what}`)];
  }
  if (/^change_?column_?null$/iu.test(name))
    return [(/,\s*false\b/u.test(args) ? breaking : additive)(path, `alters a column: ${what}`)];
  if (ADDS.test(name))
    return [
      isRequired(path, args)
        ? breaking(path, `adds a column, not null and without a default: ${what}`)
        : additive(path, `adds a column: ${what}`),
    ];
  if (/^(?:alter_?table|table|change_?table)$/iu.test(name)) return requiredInTable(path, args);
  if (DROPS.test(name) && isOnSchema(name, args))
    return [breaking(path, `changes or drops: ${what}`)];
  return CREATES.test(name) ? [additive(path, `adds: ${what}`)] : [];
}

/** `change` and `alter` are also words of other things; on a column they take no arguments, or few. */
function isOnSchema(name: string, args: string): boolean {
  return (
    !/^(?:change|alter)$/iu.test(name) || !/\w/u.test(args.replaceAll(/[{}]|alter\w+:\s*\w+/gu, ""))
  );
}

/** A column that rows which are there already have no value for, in the words of whichever library. */
function isRequired(path: string, args: string): boolean {
  if (
    /\ballowNull\s*:\s*false|\bnull\s*:\s*false|\bnull:\s*false|\bnullable\s*:\s*false|\bis_?nullable\s*[:=]\s*false/iu.test(
      args,
    )
  )
    return !/\bdefault(?:Value|Sql|ValueSql)?\s*:/iu.test(args);
  if (/\bnullable\s*=\s*False/u.test(args)) return !/\bserver_default\s*=/u.test(args);
  // Django's fields are required unless they say otherwise.
  if (
    /\bmodels\.\w+Field\(|\bmodels\.ForeignKey\(|\bmodels\.OneToOneField\(/u.test(args) &&
    path.endsWith(".py")
  )
    return !/\bnull\s*=\s*True|\b(?:db_)?default\s*=|\bManyToManyField\(/u.test(args);
  return false;
}

/** Knex and its like: columns that are added to a table that exists. */
function requiredInTable(path: string, args: string): readonly SchemaChange[] {
  return args
    .split(/;|\n(?=\s*\w+\.\w)/u)
    .filter((statement) => /\.not(?:Nullable|Null)\(\s*\)/u.test(statement))
    .filter((statement) => !/\.(?:defaultTo|default|alter|change)\(/u.test(statement))
    .filter((statement) => /\.\w+\(\s*["'`]/u.test(statement))
    .map((statement) =>
      breaking(path, `adds a column, not null and without a default: ${shortened(statement)}`),
    );
}

const DOWN =
  /^\s*(?:module\.)?(?:exports\.)?(?:export\s+)?(?:default\s+)?(?:(?:public|protected|override|static)\s+)*(?:async\s+)?(?:(?:const|function|def|void)\s+)?(?:self\.)?(?:down|downgrade)\b\s*(?:[(:=]|do\b|$)/iu;
const UP =
  /^\s*(?:module\.)?(?:exports\.)?(?:export\s+)?(?:default\s+)?(?:(?:public|protected|override|static)\s+)*(?:async\s+)?(?:(?:const|function|def|void)\s+)?(?:self\.)?(?:up|upgrade|change)\b\s*(?:[(:=]|do\b|$)/iu;
const CALL = /\b([A-Za-z_]\w*)(!?[ \t]*\(|[ \t]+(?=[:"'`<]))/gu;
const NAMED = new RegExp(
  [
    DROPS,
    CREATES,
    ADDS,
    RUNS_SQL,
    /^(?:alter_?column|change_?column_?null|alter_?table|table|change_?table)$/,
  ]
    .map(({ source }) => source)
    .join("|"),
  "iu",
);

function callsOf(path: string, text: string): readonly Call[] {
  const up = upPart(path, text);
  const calls: Call[] = [];
  let read = 0;
  for (const found of up.matchAll(CALL)) {
    const [whole, name = "", opens = ""] = found;
    // What stands in SQL, or in the call that runs it, is read with it.
    if (found.index < read || !NAMED.test(name)) continue;
    const start = found.index + whole.length;
    const args = opens.includes("(") ? untilClosed(up, start) : untilStatementEnds(up, start);
    if (RUNS_SQL.test(name)) read = start + args.length;
    calls.push({ name, args });
  }
  return calls;
}

/** Without comments at the beginning or behind a line, and without what takes the migration back. */
function upPart(path: string, text: string): string {
  const comment = /\.(?:py|rb|exs)$/u.test(path) ? /(?:^|\s)#(?!\{).*$/u : /(?:^|\s)\/\/.*$/u;
  let isUp = true;
  const kept = text.split("\n").filter((line) => {
    if (DOWN.test(line)) isUp = false;
    else if (UP.test(line)) isUp = true;
    return isUp;
  });
  return kept.map((line) => line.slice(0, 2000).replace(comment, "")).join("\n");
}

const ARGS_MAX = 4000;

function untilClosed(text: string, start: number): string {
  let depth = 1;
  const end = Math.min(text.length, start + ARGS_MAX);
  for (let at = start; at < end; at += 1) {
    const char = text.charAt(at);
    if (char === "(") depth += 1;
    else if (char === ")") depth -= 1;
    if (depth === 0) return text.slice(start, at);
  }
  return text.slice(start, end);
}

/** Ruby leaves the parentheses out: to the end of the line, and on while it ends in a comma; or to the end of its text. */
function untilStatementEnds(text: string, start: number): string {
  const rest = text.slice(start, start + ARGS_MAX);
  const lines = rest.split("\n");
  const mark = /^<<[~-]?["']?(\w+)/u.exec(lines[0] ?? "")?.[1];
  if (mark !== undefined) {
    const end = lines.findIndex((line, index) => index > 0 && line.trim() === mark);
    const body = lines.slice(1, end < 0 ? lines.length : end);
    return `\`${body.join("\n").replaceAll("`", "")}\``;
  }
  let last = 0;
  while (last < lines.length - 1 && /,\s*$/u.test(lines[last] ?? "")) last += 1;
  return lines.slice(0, last + 1).join("\n");
}

/** SQL in the arguments: parts of one text are put together; of two texts, the second may take the first back. */
function literalsOf(args: string, onlyFirst: boolean): readonly string[] {
  const found = args.matchAll(
    /"""([^]*?)"""|'''([^]*?)'''|`([^`]*)`|"((?:[^"\\\n]|\\.)*)"|'((?:[^'\\\n]|\\.)*)'/gu,
  );
  const texts = [...found].map((match) => match.slice(1).find((text) => text !== undefined) ?? "");
  return onlyFirst ? texts.slice(0, 1) : [texts.join(" ")];
}

function shortened(text: string): string {
  const line = text.replaceAll(/\s+/gu, " ").trim();
  return line.length > 60 ? `${line.slice(0, 59)}…` : line;
}
