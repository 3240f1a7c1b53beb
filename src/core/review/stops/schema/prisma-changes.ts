import { additive, breaking, type SchemaChange, type Sides } from "./schema-change.ts";

interface Field {
  readonly type: string;
  readonly isOptional: boolean;
  /** A row gets a value for it without anybody giving one. */
  readonly isFilled: boolean;
}

interface Block {
  readonly kind: string;
  readonly fields: ReadonlyMap<string, Field>;
}

/** What changes in the models and enums of Prisma schemas. */
export function prismaChanges(files: readonly Sides[]): readonly SchemaChange[] {
  const [path = ""] = files.map((file) => file.path);
  const old = blocksOf(files.map(({ before }) => before ?? ""));
  const now = blocksOf(files.map(({ after }) => after ?? ""));
  const found: SchemaChange[] = [];
  for (const [name, block] of old) {
    const is = now.get(name);
    if (is === undefined) found.push(breaking(path, `drops the ${block.kind} ${name}`));
    else found.push(...compareBlocks(path, name, block, is));
  }
  for (const [name, block] of now)
    if (!old.has(name)) found.push(additive(path, `adds the ${block.kind} ${name}`));
  return found;
}

function compareBlocks(
  path: string,
  name: string,
  old: Block,
  now: Block,
): readonly SchemaChange[] {
  const found: SchemaChange[] = [];
  for (const [field, was] of old.fields) {
    const is = now.fields.get(field);
    const place = `${name}.${field}`;
    if (is === undefined) found.push(breaking(path, `drops ${place}`));
    else if (is.type !== was.type) found.push(breaking(path, `changes the type of ${place}`));
    else if (was.isOptional && !is.isOptional)
      found.push(breaking(path, `makes ${place} required`));
    else if (!was.isOptional && is.isOptional)
      found.push(additive(path, `makes ${place} optional`));
  }
  for (const [field, is] of now.fields) {
    if (old.fields.has(field)) continue;
    const isRequired = old.kind !== "enum" && !is.isOptional && !is.isFilled;
    found.push(
      isRequired
        ? breaking(path, `adds ${name}.${field}, required and without a default`)
        : additive(path, `adds ${name}.${field}`),
    );
  }
  return found;
}

function blocksOf(texts: readonly string[]): ReadonlyMap<string, Block> {
  const blocks = new Map<string, Block>();
  let open: { readonly name: string; readonly kind: string; fields: Map<string, Field> } | null =
    null;
  for (const raw of texts.flatMap((text) => text.split("\n"))) {
    const line = raw.replace(/\/\/.*$/u, "").trim();
    const begins = /^(model|enum|type|view)\s+(\w+)\s*\{/u.exec(line);
    if (begins !== null) {
      open = { kind: begins[1] ?? "", name: begins[2] ?? "", fields: new Map() };
      blocks.set(open.name, open);
    } else if (line.startsWith("}")) open = null;
    else if (open !== null) {
      const [, name, type = ""] = /^(\w+)(?:\s+([\w.()"[\]?]+))?/u.exec(line) ?? [];
      if (name !== undefined) open.fields.set(name, fieldOf(type, line));
    }
  }
  return withoutRelations(blocks);
}

function fieldOf(type: string, line: string): Field {
  const isList = type.endsWith("[]");
  return {
    type: type.replace(/\?$/u, ""),
    isOptional: type.endsWith("?") || isList,
    isFilled: /@default\(|@updatedAt\b/u.test(line),
  };
}

/** The other end of a relation needs no value of its own: its keys are fields beside it. */
function withoutRelations(blocks: ReadonlyMap<string, Block>): ReadonlyMap<string, Block> {
  const isModel = (type: string): boolean => {
    const kind = blocks.get(type.replace(/\[\]$/u, ""))?.kind;
    return kind === "model" || kind === "view";
  };
  return new Map(
    [...blocks].map(([name, block]) => [
      name,
      {
        ...block,
        fields: new Map(
          [...block.fields].map(([field, is]) => [
            field,
            isModel(is.type) ? { ...is, isFilled: true } : is,
          ]),
        ),
      },
    ]),
  );
}
