import type { ChangedFile } from "../changed-file.ts";
import { codeMigrationChanges, isCodeMigration } from "./code-migrations.ts";
import { graphqlChanges } from "./graphql-changes.ts";
import { isSchemaDocument, jsonSchemaChanges } from "./json-schema-changes.ts";
import { prismaChanges } from "./prisma-changes.ts";
import { protobufChanges } from "./protobuf-changes.ts";
import { additive, breaking, type SchemaChange, type Sides } from "./schema-change.ts";
import { sqlChanges } from "./sql-changes.ts";

/** Reads YAML; undefined where it is none. */
export type ReadYaml = (text: string) => unknown;

/** Everything a change does to schemas it can be read from, tests left out by whoever asks. */
export function schemaChanges(
  changes: readonly ChangedFile[],
  readYaml: ReadYaml,
): readonly SchemaChange[] {
  const ending = (pattern: RegExp): readonly ChangedFile[] =>
    changes.filter(({ path }) => pattern.test(path));
  return [
    ...together(ending(/\.sql$/iu), sqlChanges),
    ...together(
      changes.filter(({ path }) => isCodeMigration(path)),
      codeMigrationChanges,
    ),
    ...together(ending(/\.prisma$/u), prismaChanges),
    ...together(ending(/\.(?:graphqls?|gql)$/u), graphqlChanges),
    ...together(ending(/\.proto$/u), protobufChanges),
    ...ending(/\.(?:json|ya?ml)$/u).flatMap((change) => documentChanges(change, readYaml)),
  ];
}

function together(
  files: readonly Sides[],
  read: (files: readonly Sides[]) => readonly SchemaChange[],
): readonly SchemaChange[] {
  return files.length === 0 ? [] : read(files);
}

function documentChanges(change: ChangedFile, readYaml: ReadYaml): readonly SchemaChange[] {
  const { path, before, after } = change;
  // Most such files are no schemas: a look at the words saves reading them all.
  const mayBe = /\.schema\.|["']?(?:openapi|swagger|\$schema)["']?\s*:/u;
  if (!mayBe.test(path) && !mayBe.test(before ?? "") && !mayBe.test(after ?? "")) return [];
  const read = (text: string | null): unknown =>
    text === null ? undefined : readDocument(path, text, readYaml);
  const [old, now] = [read(before), read(after)];
  const [wasSchema, isSchema] = [isSchemaDocument(path, old), isSchemaDocument(path, now)];
  if (wasSchema && isSchema) return jsonSchemaChanges(path, old, now);
  if (wasSchema)
    return [breaking(path, after === null ? "drops the schema" : "is no readable schema any more")];
  return isSchema ? [additive(path, "adds a schema")] : [];
}

function readDocument(path: string, text: string, readYaml: ReadYaml): unknown {
  if (!path.endsWith(".json")) return readYaml(text);
  try {
    const value: unknown = JSON.parse(text);
    return value;
  } catch {
    return undefined;
  }
}
