import fc from "fast-check";
import { parse } from "yaml";
import { describe, expect, test } from "vitest";
import type { StopPolicy } from "../../run/settings.ts";
import { addedLines } from "./added-lines.ts";
import type { ChangedFile } from "./changed-file.ts";
import { countedSize } from "./counted-size.ts";
import { dependencyWords } from "./dependency-words.ts";
import { findStops, type StopContext } from "./find-stops.ts";

type Texts = readonly [before: string | null, after: string | null];

const TESTS = ["**/*.{test,spec}.*", "**/test{,s}/**", "**/test_*.py", "**/*_test.go"];
const POLICY: StopPolicy = {
  largeDiff: { files: 8, lines: 400, action: "skip" },
  schema: { breaking: "ask", additive: "label" },
  licence: {
    restrictive: "ask",
    permissive: "label",
    allowed: ["MIT", "Apache-2.0", "BSD-2-Clause", "BSD-3-Clause", "ISC"],
  },
  boundary: { action: "ask", paths: { frontend: ["web/**", "*.md"], api: ["api/**"] } },
  sensitive: ["**/billing/**"],
  coverage: { report: "coverage/lcov.info", minimum: 50 },
};

function readYaml(text: string): unknown {
  try {
    return parse(text, { logLevel: "silent" });
  } catch {
    return undefined;
  }
}

function change(path: string, [before, after]: Texts): ChangedFile {
  const added = addedLines(before, after).length;
  return { path, added, deleted: addedLines(after, before).length, before, after };
}

function stopsOf(
  files: Readonly<Record<string, Texts>>,
  more: Partial<StopContext> = {},
): ReturnType<typeof findStops> {
  const changes = Object.entries(files).map(([path, texts]) => change(path, texts));
  return findStops(changes, {
    policy: POLICY,
    labels: [],
    tests: TESTS,
    coverage: null,
    readYaml,
    ...more,
  });
}

const BREAKING = ["schema-breaking"];
const ADDITIVE = ["schema-additive"];
const BOTH = ["schema-breaking", "schema-additive"];
const ASK = ["licence-restrictive"];
const NAME = ["licence-permissive"];

type Row = readonly [
  name: string,
  files: Readonly<Record<string, Texts>>,
  kinds: readonly string[],
];

/** One new file. */
const brings = (path: string, text: string): Readonly<Record<string, Texts>> => ({
  [path]: [null, text],
});

const SQL: readonly Row[] = [
  ["a new table", brings("migrations/1.sql", "CREATE TABLE a (id int NOT NULL);"), ADDITIVE],
  ["a new column", brings("db/2.sql", "ALTER TABLE a ADD COLUMN b text;"), ADDITIVE],
  [
    "a new column that must be there and is filled",
    brings("x.sql", "alter table a add b int not null default 0"),
    ADDITIVE,
  ],
  [
    "a new column that must be there and is not filled",
    brings("x.sql", "alter table a add b int\n  NOT NULL;"),
    BREAKING,
  ],
  [
    "several columns in one go, the last one required",
    brings("x.sql", "ALTER TABLE a ADD (b int, c int NOT NULL);"),
    BOTH,
  ],
  [
    "a second column without the word add",
    brings("x.sql", "ALTER TABLE dbo.[a] ADD b int NULL, c int NOT NULL\nGO"),
    BOTH,
  ],
  [
    "a dropped column",
    brings("x.sql", 'ALTER TABLE "public"."a" DROP COLUMN IF EXISTS b CASCADE;'),
    BREAKING,
  ],
  ["a dropped column, as MySQL writes it", brings("x.sql", "ALTER TABLE `a` DROP `b`;"), BREAKING],
  ["a dropped table", brings("x.sql", "DROP TABLE IF EXISTS a;"), BREAKING],
  ["a renamed table", brings("x.sql", "ALTER TABLE a RENAME TO b;"), BREAKING],
  ["a renamed column", brings("x.sql", "ALTER TABLE a RENAME COLUMN b TO c;"), BREAKING],
  [
    "a renamed column of SQL Server",
    brings("x.sql", "EXEC sp_rename 'a.b', 'c', 'COLUMN';"),
    BREAKING,
  ],
  [
    "another type",
    brings("x.sql", "ALTER TABLE a ALTER COLUMN b TYPE bigint USING b::bigint;"),
    BREAKING,
  ],
  ["another type, as MySQL writes it", brings("x.sql", "ALTER TABLE a MODIFY b bigint;"), BREAKING],
  [
    "a column that must be there from now on",
    brings("x.sql", "ALTER TABLE a ALTER b SET NOT NULL;"),
    BREAKING,
  ],
  [
    "a column that may be left out from now on",
    brings("x.sql", "ALTER TABLE a ALTER b DROP NOT NULL;"),
    ADDITIVE,
  ],
  [
    "behind a condition, in a block",
    brings(
      "x.sql",
      "DO $$ BEGIN IF EXISTS (SELECT 1) THEN ALTER TABLE a DROP COLUMN b; END IF; END $$;",
    ),
    BREAKING,
  ],
  ["a value of an enum", brings("x.sql", "ALTER TYPE mood ADD VALUE 'glad';"), ADDITIVE],
  [
    "a value of an enum under another name",
    brings("x.sql", "ALTER TYPE mood RENAME VALUE 'sad' TO 'glad';"),
    BREAKING,
  ],
  ["a dropped index", brings("x.sql", "DROP INDEX a_b;"), ADDITIVE],
  [
    "words in a comment",
    brings("x.sql", "-- DROP TABLE a;\n/* ALTER TABLE a DROP b; */\nSELECT 1;"),
    [],
  ],
  ["words in a text", brings("x.sql", "INSERT INTO log VALUES ('it''s; DROP TABLE a;');"), []],
  ["a query", brings("queries/a.sql", "SELECT dropped, created FROM alter_log;"), []],
  ["the way back, in a file of its own", brings("migrations/1_a.down.sql", "DROP TABLE a;"), []],
  [
    "the way back, in a part of the file",
    brings(
      "migrations/1.sql",
      "-- +goose Up\nCREATE TABLE a (id int);\n-- +goose Down\nDROP TABLE a;",
    ),
    ADDITIVE,
  ],
  [
    "a table that is only there for the moment",
    brings("x.sql", "CREATE TEMP TABLE t (a int); DROP TABLE t;"),
    [],
  ],
  [
    "a function that is made anew",
    brings(
      "x.sql",
      "DROP FUNCTION f; CREATE FUNCTION f() RETURNS int AS $$ BEGIN DROP TABLE a; END $$;",
    ),
    ADDITIVE,
  ],
  [
    "a routine that drops when it is called",
    brings("x.sql", "CREATE PROCEDURE p() BEGIN UPDATE a SET b = 1; DROP TABLE t; END;"),
    ADDITIVE,
  ],
  [
    "a script that went elsewhere",
    { "a/1.sql": ["DROP TABLE a;", null], "b/1.sql": [null, "DROP TABLE a;"] },
    [],
  ],
  ["a script that got a comment", { "a.sql": ["DROP TABLE a;", "-- why\nDROP  TABLE a;\n"] }, []],
  [
    "a dump with a column less",
    { "schema.sql": ["CREATE TABLE a (b int, c text);", "CREATE TABLE a (b int);"] },
    BREAKING,
  ],
  [
    "a dump with a column more",
    { "schema.sql": ["CREATE TABLE a (b int);", "CREATE TABLE a (b int, c numeric(10, 2));"] },
    ADDITIVE,
  ],
  [
    "a dump without a table",
    {
      "schema.sql": ["CREATE TABLE a (b int);\nCREATE TABLE c (d int);", "CREATE TABLE a (b int);"],
    },
    BREAKING,
  ],
  ["data for a test", brings("tests/data.sql", "DROP TABLE a;"), []],
  [
    "the way back of what is no new table",
    brings(
      "x.sql",
      "-- migrate:up\nALTER TABLE a ADD b int;\n-- migrate:down\nALTER TABLE a DROP b;",
    ),
    ADDITIVE,
  ],
];

const CODE: readonly Row[] = [
  [
    "Alembic drops a column",
    brings(
      "alembic/versions/1.py",
      "def upgrade():\n    op.drop_column('a', 'b')\n\ndef downgrade():\n    op.add_column('a', sa.Column('b'))\n",
    ),
    BREAKING,
  ],
  [
    "Alembic adds a column, and would drop it",
    brings(
      "alembic/versions/1.py",
      "def upgrade() -> None:\n    op.add_column('a', sa.Column('b', sa.Integer()))\n\n\ndef downgrade() -> None:\n    op.drop_column('a', 'b')\n",
    ),
    ADDITIVE,
  ],
  [
    "Alembic adds a column that nothing fills",
    brings(
      "migrations/1.py",
      "def upgrade():\n    op.add_column('a', sa.Column('b', nullable=False))\n",
    ),
    BREAKING,
  ],
  [
    "Alembic adds a column that the database fills",
    brings(
      "migrations/1.py",
      "def upgrade():\n    op.add_column('a', sa.Column('b', nullable=False, server_default='0'))\n",
    ),
    ADDITIVE,
  ],
  [
    "Alembic changes a type",
    brings(
      "migrations/1.py",
      "def upgrade():\n    op.alter_column('a', 'b', existing_type=sa.Integer(), type_=sa.String())\n",
    ),
    BREAKING,
  ],
  [
    "Alembic loosens a column",
    brings(
      "migrations/1.py",
      "def upgrade():\n    op.alter_column('a', 'b', existing_nullable=False, nullable=True)\n",
    ),
    ADDITIVE,
  ],
  [
    "Alembic runs SQL",
    brings(
      "migrations/1.py",
      'def upgrade():\n    op.execute("ALTER TABLE a "\n        "DROP COLUMN b")\n',
    ),
    BREAKING,
  ],
  [
    "Django removes a field",
    brings(
      "shop/migrations/0002.py",
      "operations = [migrations.RemoveField(model_name='a', name='b')]",
    ),
    BREAKING,
  ],
  [
    "Django adds a field with a default",
    brings(
      "shop/migrations/0002.py",
      "operations = [migrations.AddField('a', 'b', models.IntegerField(default=0))]",
    ),
    ADDITIVE,
  ],
  [
    "Django runs SQL and knows the way back",
    brings(
      "shop/migrations/0002.py",
      "operations = [migrations.RunSQL('CREATE TABLE a (b int)', 'DROP TABLE a')]",
    ),
    ADDITIVE,
  ],
  [
    "Rails removes a column",
    brings(
      "db/migrate/1_x.rb",
      "class X < ActiveRecord::Migration[7.1]\n  def change\n    remove_column :a, :b, :string\n  end\nend\n",
    ),
    BREAKING,
  ],
  [
    "Rails adds a column",
    brings("db/migrate/1_x.rb", "  def change\n    add_column :a, :b, :string\n  end\n"),
    ADDITIVE,
  ],
  [
    "Rails adds a column that nothing fills",
    brings(
      "db/migrate/1_x.rb",
      "  def change\n    add_column :a, :b, :string,\n      null: false\n  end\n",
    ),
    BREAKING,
  ],
  [
    "Rails goes up, and would go down",
    brings(
      "db/migrate/1_x.rb",
      "  def up\n    create_table :a do |t|\n    end\n  end\n\n  def down\n    drop_table :a\n  end\n",
    ),
    ADDITIVE,
  ],
  [
    "Rails runs SQL",
    brings(
      "db/migrate/1_x.rb",
      "  def up\n    execute <<~SQL\n      DROP TABLE a;\n    SQL\n  end\n",
    ),
    BREAKING,
  ],
  [
    "Knex drops a column",
    brings(
      "migrations/1.js",
      "exports.up = (knex) => knex.schema.table('a', (t) => {\n  t.dropColumn('b');\n});\nexports.down = (knex) => knex.schema.table('a', (t) => { t.string('b'); });",
    ),
    BREAKING,
  ],
  [
    "Knex makes a table, and would drop it",
    brings(
      "migrations/1.ts",
      "export async function up(knex) {\n  await knex.schema.createTable('a', (t) => {\n    t.string('b').notNullable();\n  });\n}\nexport async function down(knex) {\n  await knex.schema.dropTable('a');\n}\n",
    ),
    ADDITIVE,
  ],
  [
    "Knex adds a column that nothing fills",
    brings(
      "migrations/1.ts",
      "export async function up(knex) {\n  await knex.schema.alterTable('a', (t) => {\n    t.string('b').notNullable();\n  });\n}\n",
    ),
    BREAKING,
  ],
  [
    "Sequelize removes a column",
    brings(
      "migrations/1.js",
      "module.exports = {\n  async up(queryInterface) {\n    await queryInterface.removeColumn('a', 'b');\n  },\n  async down(queryInterface) {\n    await queryInterface.addColumn('a', 'b', {});\n  },\n};",
    ),
    BREAKING,
  ],
  [
    "TypeORM runs SQL",
    brings(
      "src/migrations/1.ts",
      'class X {\n  public async up(queryRunner) {\n    await queryRunner.query(`ALTER TABLE "a" DROP COLUMN "b"`);\n  }\n  public async down(queryRunner) {\n  }\n}',
    ),
    BREAKING,
  ],
  [
    "a comment in a migration",
    brings(
      "migrations/1.py",
      "def upgrade():\n    # op.drop_column('a', 'b')\n    pass  # not op.drop_table('a')\n",
    ),
    [],
  ],
  [
    "the same call where nothing is migrated",
    brings("src/frame.py", "df.drop_column('a')\nop.drop_column('a', 'b')\n"),
    [],
  ],
  [
    "a renamed migration",
    {
      "migrations/1.py": ["def upgrade():\n    op.drop_table('a')\n", null],
      "migrations/2.py": [null, "def upgrade():\n    op.drop_table('a')\n"],
    },
    [],
  ],
];

const PRISMA =
  "model User {\n  id    Int     @id\n  name  String\n  posts Post[]\n}\nmodel Post {\n  id Int @id\n}\nenum Role {\n  ADMIN\n  USER\n}\n";
const GRAPHQL =
  'type Query {\n  user(id: ID!): User\n}\n"what a user is"\ntype User @key(fields: "id") {\n  id: ID!\n  name: String!\n}\ninput Find {\n  name: String\n}\nenum Role { ADMIN USER }\nunion Any = User | Post\ntype Post { id: ID! }\n';
const PROTO =
  'syntax = "proto3";\npackage shop;\nmessage User {\n  string name = 1; // what\n  int32 age = 2 [deprecated = true];\n  oneof key { string mail = 3; }\n}\nenum Role { ADMIN = 0; }\nservice Shop { rpc Get (User) returns (User); }\n';
const OPENAPI =
  'openapi: 3.1.0\ninfo: {title: x, version: "1"}\npaths:\n  /users:\n    get:\n      parameters:\n        - {name: page, in: query, schema: {type: integer}}\n      responses:\n        "200": {description: ok}\ncomponents:\n  schemas:\n    User:\n      type: object\n      required: [id]\n      properties:\n        id: {type: string}\n        description: {type: string}\n        role: {enum: [admin, user]}\n';
const JSON_SCHEMA =
  '{"$schema": "https://json-schema.org/draft/2020-12/schema", "type": "object", "properties": {"a": {"type": "string"}}}';

const edit = (
  path: string,
  text: string,
  from: string,
  to: string,
): Readonly<Record<string, Texts>> => {
  if (!text.includes(from)) throw new Error(`${from} is not in the text`);
  return { [path]: [text, text.replace(from, () => to)] };
};

const OTHERS: readonly Row[] = [
  ["Prisma: a field less", edit("prisma/schema.prisma", PRISMA, "  name  String\n", ""), BREAKING],
  ["Prisma: another type", edit("schema.prisma", PRISMA, "name  String", "name  Int"), BREAKING],
  [
    "Prisma: an optional field more",
    edit("schema.prisma", PRISMA, "  name", "  nick String?\n  name"),
    ADDITIVE,
  ],
  [
    "Prisma: a required field more",
    edit("schema.prisma", PRISMA, "  name", "  nick String\n  name"),
    BREAKING,
  ],
  [
    "Prisma: a required field with a default",
    edit("schema.prisma", PRISMA, "  name", '  nick String @default("")\n  name'),
    ADDITIVE,
  ],
  ["Prisma: a value of an enum less", edit("schema.prisma", PRISMA, "  USER\n", ""), BREAKING],
  [
    "Prisma: laid out anew",
    edit("schema.prisma", PRISMA, "  name  String\n", "  // what\n  name      String\n"),
    [],
  ],
  ["GraphQL: a field less", edit("schema.graphql", GRAPHQL, "  name: String!\n", ""), BREAKING],
  [
    "GraphQL: a field more",
    edit("schema.graphql", GRAPHQL, "  id: ID!\n  name", "  mail: String\n  id: ID!\n  name"),
    ADDITIVE,
  ],
  [
    "GraphQL: an answer that may be null now",
    edit("schema.graphql", GRAPHQL, "name: String!", "name: String"),
    BREAKING,
  ],
  [
    "GraphQL: an argument that must be given now",
    edit("schema.graphql", GRAPHQL, "id: ID!)", "id: ID!, in: String!)"),
    BREAKING,
  ],
  [
    "GraphQL: an argument with a default",
    edit("schema.graphql", GRAPHQL, "id: ID!)", 'id: ID!, in: String! = "x")'),
    ADDITIVE,
  ],
  [
    "GraphQL: an input that must be given now",
    edit("schema.graphql", GRAPHQL, "name: String\n", "name: String!\n"),
    BREAKING,
  ],
  [
    "GraphQL: a member of a union less",
    edit("schema.graphql", GRAPHQL, "User | Post", "User"),
    BREAKING,
  ],
  [
    "GraphQL: other words about it",
    edit("schema.graphql", GRAPHQL, "what a user is", "who a user is"),
    [],
  ],
  [
    "GraphQL: a query",
    brings("queries/user.graphql", "query User { user(id: 1) { name type input } }"),
    [],
  ],
  [
    "GraphQL: a type that went into another file",
    { "a.graphql": ["type A { b: Int }", null], "b.graphql": [null, "type A {\n  b: Int\n}\n"] },
    [],
  ],
  [
    "protocol: a field less",
    edit("api.proto", PROTO, "  string name = 1; // what\n", ""),
    BREAKING,
  ],
  ["protocol: another number", edit("api.proto", PROTO, "name = 1", "name = 7"), BOTH],
  ["protocol: another type", edit("api.proto", PROTO, "int32 age", "int64 age"), BREAKING],
  [
    "protocol: a field more",
    edit("api.proto", PROTO, "  oneof", "  string nick = 4;\n  oneof"),
    ADDITIVE,
  ],
  [
    "protocol: a required field more",
    edit("api.proto", PROTO, "  oneof", "  required string nick = 4;\n  oneof"),
    BREAKING,
  ],
  [
    "protocol: a call less",
    edit("api.proto", PROTO, "rpc Get (User) returns (User);", ""),
    BREAKING,
  ],
  [
    "protocol: a comment and another option",
    edit("api.proto", PROTO, "// what", "/* message Old {} */"),
    [],
  ],
  ["OpenAPI: an operation less", edit("openapi.yaml", OPENAPI, "    get:", "    post:"), BOTH],
  [
    "OpenAPI: a property less, of an unlucky name",
    edit("openapi.yaml", OPENAPI, "        description: {type: string}\n", ""),
    BREAKING,
  ],
  [
    "OpenAPI: a property more",
    edit("openapi.yaml", OPENAPI, "        id: {", "        nick: {type: string}\n        id: {"),
    ADDITIVE,
  ],
  [
    "OpenAPI: a parameter that must be given",
    edit(
      "openapi.yaml",
      OPENAPI,
      "        - {name: page",
      "        - {name: q, in: query, required: true}\n        - {name: page",
    ),
    BREAKING,
  ],
  [
    "OpenAPI: a parameter that may be given, put first",
    edit(
      "openapi.yaml",
      OPENAPI,
      "        - {name: page",
      "        - {name: q, in: query}\n        - {name: page",
    ),
    ADDITIVE,
  ],
  [
    "OpenAPI: a property that must be given",
    edit("openapi.yaml", OPENAPI, "required: [id]", "required: [id, role]"),
    BREAKING,
  ],
  [
    "OpenAPI: other words",
    edit("openapi.yaml", OPENAPI, "description: ok", "description: fine"),
    [],
  ],
  [
    "JSON Schema: another type",
    edit("a.json", JSON_SCHEMA, '"a": {"type": "string"}', '"a": {"type": "number"}'),
    BREAKING,
  ],
  [
    "JSON Schema: a wider type",
    edit("a.json", JSON_SCHEMA, '"a": {"type": "string"}', '"a": {"type": ["string", "null"]}'),
    ADDITIVE,
  ],
  [
    "JSON Schema: nothing but its title",
    edit("a.json", JSON_SCHEMA, '"type": "object"', '"title": "x", "type": "object"'),
    [],
  ],
  [
    "a document that a schema describes",
    {
      "tsconfig.json": [
        '{"$schema": "https://json.schemastore.org/tsconfig", "properties": {"a": 1}}',
        "{}",
      ],
    },
    [],
  ],
  ["a workflow", { "ci.yml": ["on: push\njobs: {a: {}}\n", "on: push\njobs: {b: {}}\n"] }, []],
  [
    "Prisma: a relation, whose key has a default",
    edit("schema.prisma", PRISMA, "  name", "  last Post\n  lastId Int @default(1)\n  name"),
    ADDITIVE,
  ],
];

const MIT =
  "MIT License\n\nCopyright (c) 2024 A\n\nPermission is hereby granted, free of charge, to any person obtaining a copy of this software\n";
const lock = (...entries: readonly (readonly [string, string | null])[]): string =>
  JSON.stringify({
    lockfileVersion: 3,
    packages: Object.fromEntries([
      ["", { license: "GPL-3.0" }],
      ...entries.map(([name, license]) => [
        `node_modules/${name}`,
        { version: "1.0.0", ...(license === null ? {} : { license }) },
      ]),
    ]),
  });

const LICENCES: readonly Row[] = [
  ["a dependency that is allowed", { "package-lock.json": [lock(), lock(["a", "MIT"])] }, NAME],
  ["a dependency that is not", { "package-lock.json": [lock(), lock(["a", "GPL-3.0-only"])] }, ASK],
  [
    "a choice, one of which is allowed",
    { "package-lock.json": [lock(), lock(["a", "(MIT OR GPL-3.0)"])] },
    NAME,
  ],
  [
    "two that hold together, one not allowed",
    { "package-lock.json": [lock(), lock(["a", "MIT AND GPL-3.0"])] },
    ASK,
  ],
  [
    "words that are no licence",
    { "web/package-lock.json": [lock(), lock(["a", "SEE LICENSE IN x"])] },
    ASK,
  ],
  ["one that names none", { "package-lock.json": [lock(), lock(["a", null])] }, []],
  [
    "one that was there",
    { "package-lock.json": [lock(["a", "GPL-3.0"]), lock(["b", null], ["a", "GPL-3.0"])] },
    [],
  ],
  ["one that goes", { "package-lock.json": [lock(["a", "GPL-3.0"]), lock()] }, []],
  [
    "Composer names several",
    {
      "composer.lock": [
        '{"packages": []}',
        '{"packages": [{"name": "a/b", "version": "1", "license": ["GPL-2.0", "MIT"]}]}',
      ],
    },
    NAME,
  ],
  ["a new year", { LICENSE: [MIT, MIT.replace("2024", "2025")] }, []],
  ["another licence", { LICENSE: [MIT, "GNU GENERAL PUBLIC LICENSE\nVersion 3\n"] }, ASK],
  ["no licence any more", { "LICENSE.md": [MIT, null] }, ASK],
  ["a licence of what is brought along", brings("third_party/x/LICENSE", MIT), NAME],
  ["a licence nobody knows", brings("third_party/x/COPYING", "Ask me."), ASK],
  [
    "the package's own, changed",
    { "package.json": ['{"license": "MIT"}', '{"license": "Apache-2.0"}'] },
    ASK,
  ],
  [
    "the crate's own, stated at last",
    {
      "Cargo.toml": [
        "[package]\nname = 'a'\n",
        "[package]\nname = 'a'\nlicense = \"MIT OR Apache-2.0\"\n",
      ],
    },
    NAME,
  ],
  [
    "a dependency called license",
    { "Cargo.toml": ["[dependencies]\n", '[dependencies]\nlicense = "3.0"\n'] },
    [],
  ],
  [
    "code about licences",
    brings("src/license.ts", "export const gpl = 'GNU GENERAL PUBLIC LICENSE';\n"),
    [],
  ],
];

describe("what a change meets", () => {
  test.each([...SQL, ...CODE, ...OTHERS, ...LICENCES])("%s", (_name, files, kinds) => {
    expect(stopsOf(files).map(({ kind }) => kind)).toEqual(kinds);
  });

  test("the table is large enough to mean something, and has as many look-alikes as it needs", () => {
    const all = [...SQL, ...CODE, ...OTHERS, ...LICENCES];
    expect(all.length).toBeGreaterThan(100);
    expect(all.filter(([, , kinds]) => kinds.length === 0).length).toBeGreaterThan(20);
  });

  test("is told with what was found and where, in one line, five things at most", () => {
    const drops = Array.from({ length: 7 }, (_, index) => `DROP TABLE t${index};`).join("\n");
    const [found] = stopsOf({ "a\u001B[31m.sql": [null, drops] });
    expect(found).toEqual({
      kind: "schema-breaking",
      words:
        "A schema changes in a way that breaks what relies on it: a [31m.sql: drops the table t0; a [31m.sql: drops the table t1; a [31m.sql: drops the table t2; a [31m.sql: drops the table t3; a [31m.sql: drops the table t4; and 2 more.",
      paths: ["a\u001B[31m.sql"],
    });
  });
});

const kindsOf = (...call: Parameters<typeof stopsOf>): readonly string[] =>
  stopsOf(...call).map(({ kind }) => kind);

describe("a boundary", () => {
  test.each([
    ["inside", { "web/a.ts": [null, "a\n"] }, ["Frontend"], []],
    [
      "outside",
      { "web/a.ts": [null, "a\n"], "api/b.ts": [null, "b\n"] },
      ["frontend"],
      ["api/b.ts"],
    ],
    [
      "what one of two labels allows",
      { "web/a.ts": [null, "a\n"], "api/b.ts": [null, "b\n"] },
      ["frontend", "api"],
      [],
    ],
    ["a label without a boundary", { "lib/a.ts": [null, "a\n"] }, ["bug"], []],
    [
      "a test outside counts as well",
      { "api/b.test.ts": [null, "b\n"] },
      ["frontend"],
      ["api/b.test.ts"],
    ],
    ["a hidden file inside", { "web/.env.d/x": [null, "a\n"] }, ["frontend"], []],
  ] as const)("%s", (_name, files, labels, outside) => {
    const found = stopsOf(files, { labels }).find(({ kind }) => kind === "cross-boundary");
    expect(found?.paths ?? []).toEqual(outside);
  });
});

describe("sensitive code and coverage", () => {
  test("a path that a pattern names is told, whatever its name holds", () => {
    expect(kindsOf({ "src/billing/a.ts": [null, "a\n"] })).toEqual(["sensitive"]);
    expect(kindsOf({ "src\n/billing/a\nb.ts": [null, "a\n"] })).toEqual(["sensitive"]);
    expect(kindsOf({ "src/billing.ts": [null, "a\n"] })).toEqual([]);
  });

  test.each([
    [null, []],
    [{ covered: 0, total: 0 }, []],
    [{ covered: 1, total: 2 }, []],
    [{ covered: 1, total: 3 }, ["coverage"]],
  ])("%j of the changed lines", (coverage, kinds) => {
    expect(kindsOf({}, { coverage })).toEqual(kinds);
  });
});

function lines(count: number): string {
  return "line\n".repeat(count);
}

describe("a large change", () => {
  test.each([
    ["at the limit", { "a.ts": [null, lines(400)] }, false],
    ["over it", { "a.ts": [null, lines(401)] }, true],
    [
      "added and deleted together",
      { "a.ts": [lines(201), null], "b.ts": [null, lines(200)] },
      true,
    ],
    [
      "in a lock file",
      { "package-lock.json": [null, lines(9000)], "Cargo.lock": [null, lines(9000)] },
      false,
    ],
    ["in tests", { "src/a.test.ts": [null, lines(900)], "tests/b.py": [null, lines(900)] }, false],
    [
      "in what is generated by its path",
      { "api/a.pb.go": [null, lines(900)], "dist/a.js": [null, lines(900)] },
      false,
    ],
    [
      "in what is generated by its mark",
      { "a.go": [null, `// Code generated by x. DO NOT EDIT.\n${lines(900)}`] },
      false,
    ],
    [
      "in what only speaks of the mark",
      { "a.go": [null, `${lines(20)}// Code generated by x. DO NOT EDIT.\n${lines(900)}`] },
      true,
    ],
    [
      "in a text that begins with the words",
      { "a.md": [null, `Code generated by x. DO NOT EDIT. is a mark\n${lines(900)}`] },
      true,
    ],
  ] as const)("%s", (_name, files, isLarge) => {
    expect(kindsOf(files).includes("large-diff")).toBe(isLarge);
  });

  test("many files are large as well, binary ones among them", () => {
    const binary: ChangedFile = {
      path: "x.png",
      added: null,
      deleted: null,
      before: null,
      after: null,
    };
    const many = Array.from({ length: 9 }, (_, index) => ({ ...binary, path: `x${index}.png` }));
    const size = (changes: readonly ChangedFile[]) => countedSize(changes, TESTS);
    expect(size(many)).toEqual({ files: 9, lines: 0 });
    const context = { policy: POLICY, labels: [], tests: TESTS, coverage: null, readYaml };
    expect(findStops(many, context).map(({ kind }) => kind)).toEqual(["large-diff"]);
    expect(findStops(many.slice(1), context)).toEqual([]);
  });
});

test("no text makes a detector throw, and what is the same before and after is nothing but a change of its mode", () => {
  const paths = [
    "a.sql",
    "migrations/1.py",
    "db/migrate/1.rb",
    "migrations/1.ts",
    "a.prisma",
    "a.graphql",
    "a.proto",
    "openapi.yaml",
    "a.schema.json",
    "package-lock.json",
    "composer.lock",
    "LICENSE",
    "package.json",
    "pyproject.toml",
    "Cargo.toml",
    "go.mod",
    "requirements.txt",
  ];
  const words = fc.constantFrom(
    "CREATE TABLE a (",
    "ALTER TABLE a",
    "DROP",
    "NOT NULL",
    "$$",
    "'",
    '"',
    "`",
    "--",
    "/*",
    "(",
    ")",
    ",",
    ";",
    "\n",
    "def upgrade():",
    "op.drop_column(",
    "execute <<~SQL",
    '"""',
    "model A {",
    "}",
    "{",
    "type A {",
    "a: B!",
    "@x(",
    "=",
    "|",
    "message A {",
    "string a = 1;",
    "openapi: 3",
    "paths:",
    "&a",
    "*a",
    '{"packages":',
    '"__proto__": {}',
    "[dependencies]",
    'a = "1"',
    "a = [",
    "require (",
    "constructor",
    "implements",
    "union",
    "\\",
    "\u0000",
    "é",
  );
  const text = fc.oneof(
    fc.array(words, { maxLength: 40 }).map((some) => some.join(" ")),
    fc.string(),
    fc.json(),
    fc.constant(null),
  );
  fc.assert(
    fc.property(
      fc.array(fc.tuple(fc.constantFrom(...paths), text, text), { maxLength: 4 }),
      (files) => {
        const changes = files.map(([path, before, after]) => change(path, [before, after]));
        const context = { policy: POLICY, labels: ["api"], tests: TESTS, coverage: null, readYaml };
        for (const { words: told } of findStops(changes, context))
          expect(told).not.toMatch(/\p{Cc}/u);
        expect(Array.isArray(dependencyWords(changes))).toBe(true);
        const same = files.map(([path, before]) => change(path, [before, before]));
        expect(findStops(same, { ...context, labels: [] })).toEqual([]);
        expect(dependencyWords(same)).toEqual([]);
      },
    ),
    { numRuns: 300 },
  );
});

// Each part made some pattern take the square of the text's length once.
test.each([
  '"',
  "(",
  "/*!",
  "'",
  "$$",
  "op.execute(",
  "{",
  '"""',
  "a=[\n",
  "execute <<~SQL\n",
  "message a {",
  "x\n",
])("a long text of nothing but %j is read in a moment", (part) => {
  const text = part.repeat(Math.ceil(200_000 / part.length));
  const paths = [
    "a.sql",
    "migrations/1.py",
    "a.prisma",
    "a.graphql",
    "a.proto",
    "Cargo.toml",
    "LICENSE",
    "go.mod",
  ];
  const changes = paths.map((path) => ({ path, added: 1, deleted: 0, before: null, after: text }));
  const started = performance.now();
  findStops(changes, { policy: POLICY, labels: [], tests: TESTS, coverage: null, readYaml });
  dependencyWords(changes);
  expect(performance.now() - started).toBeLessThan(5000);
});
