import { additive, breaking, type SchemaChange, type Sides } from "./schema-change.ts";
import { tokensOf } from "./tokens.ts";

interface Field {
  readonly type: string;
  readonly hasDefault: boolean;
  readonly args: ReadonlyMap<string, Field>;
}

interface Definition {
  readonly kind: string;
  readonly fields: ReadonlyMap<string, Field>;
  /** Values of an enum, members of a union, interfaces of a type. */
  readonly members: ReadonlySet<string>;
}

const KINDS: ReadonlySet<string> = new Set([
  "type",
  "interface",
  "input",
  "enum",
  "union",
  "scalar",
  "directive",
]);

/** What changes for whoever asks by these schemas; documents with queries alone say nothing. */
export function graphqlChanges(files: readonly Sides[]): readonly SchemaChange[] {
  const [path = ""] = files.map((file) => file.path);
  const old = definitionsOf(files.map(({ before }) => before ?? ""));
  const now = definitionsOf(files.map(({ after }) => after ?? ""));
  const found: SchemaChange[] = [];
  for (const [name, was] of old) {
    const is = now.get(name);
    if (is === undefined) found.push(breaking(path, `drops the ${was.kind} ${name}`));
    else if (is.kind !== was.kind) found.push(breaking(path, `makes ${name} a ${is.kind}`));
    else found.push(...compareDefinitions(path, name, was, is));
  }
  for (const [name, is] of now)
    if (!old.has(name)) found.push(additive(path, `adds the ${is.kind} ${name}`));
  return found;
}

function compareDefinitions(
  path: string,
  name: string,
  was: Definition,
  is: Definition,
): readonly SchemaChange[] {
  const found = compareFields(path, name, { was, is, isInput: was.kind === "input" });
  for (const member of was.members)
    if (!is.members.has(member)) found.push(breaking(path, `takes ${member} out of ${name}`));
  for (const member of is.members)
    if (!was.members.has(member)) found.push(additive(path, `adds ${member} to ${name}`));
  return found;
}

function compareFields(
  path: string,
  owner: string,
  two: {
    readonly was: { readonly fields: ReadonlyMap<string, Field> };
    readonly is: { readonly fields: ReadonlyMap<string, Field> };
    /** Given by whoever asks, not to them. */
    readonly isInput: boolean;
  },
): SchemaChange[] {
  const { was, is, isInput } = two;
  const found: SchemaChange[] = [];
  for (const [name, old] of was.fields) {
    const now = is.fields.get(name);
    const place = `${owner}.${name}`;
    if (now === undefined) {
      found.push(breaking(path, `drops ${place}`));
      continue;
    }
    const isLooser = isInput ? isNarrower(old.type, now.type) : isNarrower(now.type, old.type);
    if (old.type !== now.type)
      found.push(
        (isLooser ? additive : breaking)(path, `makes ${place} ${now.type} instead of ${old.type}`),
      );
    const args = { was: { fields: old.args }, is: { fields: now.args }, isInput: true };
    found.push(...compareFields(path, place, args));
  }
  for (const [name, now] of is.fields) {
    if (was.fields.has(name)) continue;
    const isRequired = isInput && now.type.endsWith("!") && !now.hasDefault;
    found.push(
      isRequired
        ? breaking(path, `asks for ${owner}.${name}, which it did not before`)
        : additive(path, `adds ${owner}.${name}`),
    );
  }
  return found;
}

/** `a` is `b` with more exclamation marks. */
function isNarrower(a: string, b: string): boolean {
  let at = 0;
  for (const char of a) {
    if (char === b.charAt(at)) at += 1;
    else if (char !== "!") return false;
  }
  return at === b.length;
}

function definitionsOf(texts: readonly string[]): ReadonlyMap<string, Definition> {
  const found = new Map<string, Definition>();
  for (const text of texts) {
    const reader = new Reader(tokensOf(text, "#"));
    for (let token = reader.next(); token !== null; token = reader.next()) {
      if (token === "{") reader.skipTo("}");
      else if (KINDS.has(token)) readDefinition(reader, token, found);
    }
  }
  return found;
}

function readDefinition(reader: Reader, kind: string, found: Map<string, Definition>): void {
  const sign = kind === "directive" && reader.peek() === "@" ? (reader.next() ?? "") : "";
  const name = `${sign}${reader.next() ?? ""}`;
  const known = found.get(name);
  const members = new Set(known?.members);
  const fields = new Map(known?.fields);
  if (kind === "directive" && reader.peek() === "(") readArguments(reader, fields);
  if (reader.peek() === "implements") {
    reader.next();
    while (
      reader.peek() !== null &&
      reader.peek() !== "{" &&
      reader.peek() !== "@" &&
      !KINDS.has(reader.peek() ?? "")
    ) {
      const word = reader.next() ?? "";
      if (word !== "&") members.add(word);
    }
  }
  reader.skipDirectives();
  if (reader.peek() === "=") {
    reader.next();
    while (/^[\w|]/u.test(reader.peek() ?? "") && !isDefinitionAhead(reader)) {
      const word = reader.next() ?? "";
      if (word !== "|") members.add(word);
    }
  } else if (reader.peek() === "{") {
    reader.next();
    if (kind === "enum") readValues(reader, members);
    else readFields(reader, fields);
  }
  found.set(name, { kind, fields, members });
}

function isDefinitionAhead(reader: Reader): boolean {
  const word = reader.peek() ?? "";
  return (KINDS.has(word) || word === "extend" || word === "schema") && reader.peek(1) !== "|";
}

function readValues(reader: Reader, members: Set<string>): void {
  for (let token = reader.next(); token !== null && token !== "}"; token = reader.next()) {
    if (token === "@") reader.skipOneDirective();
    else if (/^\w/u.test(token)) members.add(token);
  }
}

function readFields(reader: Reader, fields: Map<string, Field>): void {
  for (let token = reader.next(); token !== null && token !== "}"; token = reader.next())
    if (/^\w/u.test(token)) readField(reader, token, fields);
}

function readArguments(reader: Reader, fields: Map<string, Field>): void {
  reader.next();
  for (let token = reader.next(); token !== null && token !== ")"; token = reader.next())
    if (/^\w/u.test(token)) readField(reader, token, fields);
}

function readField(reader: Reader, name: string, fields: Map<string, Field>): void {
  const args = new Map<string, Field>();
  if (reader.peek() === "(") readArguments(reader, args);
  if (reader.peek() !== ":") return;
  reader.next();
  let type = "";
  while (
    /^[[\]!]$/u.test(reader.peek() ?? "") ||
    (/^\w/u.test(reader.peek() ?? "") && !/\w/u.test(type))
  )
    type += reader.next() ?? "";
  const hasDefault = reader.peek() === "=";
  if (hasDefault) {
    reader.next();
    const first = reader.next();
    if (first === "[") reader.skipTo("]");
    if (first === "{") reader.skipTo("}");
  }
  reader.skipDirectives();
  fields.set(name, { type, hasDefault, args });
}

class Reader {
  readonly #tokens: readonly string[];
  #at = 0;

  constructor(tokens: readonly string[]) {
    this.#tokens = tokens;
  }

  peek(ahead = 0): string | null {
    return this.#tokens[this.#at + ahead] ?? null;
  }

  next(): string | null {
    const token = this.peek();
    this.#at += 1;
    return token;
  }

  /** Past the sign that closes what was just opened. */
  skipTo(closing: string): void {
    const opening = closing === ")" ? "(" : closing === "]" ? "[" : "{";
    let depth = 1;
    for (let token = this.next(); token !== null; token = this.next()) {
      if (token === opening) depth += 1;
      else if (token === closing) depth -= 1;
      if (depth === 0) return;
    }
  }

  skipOneDirective(): void {
    this.next();
    if (this.peek() !== "(") return;
    this.next();
    this.skipTo(")");
  }

  skipDirectives(): void {
    while (this.peek() === "@") {
      this.next();
      this.skipOneDirective();
    }
  }
}
