import { additive, breaking, type SchemaChange } from "./schema-change.ts";

type Json = Readonly<Record<string, unknown>>;

/** Words for people; what else a schema says of a value does not hang on them. */
const WORDS: ReadonlySet<string> = new Set([
  "title",
  "description",
  "summary",
  "example",
  "examples",
  "externalDocs",
  "tags",
  "info",
  "servers",
  "contact",
  "deprecated",
  "$comment",
  "$id",
  "$schema",
  "operationId",
  "openapi",
  "swagger",
]);
/** Below these keys stand names that people chose, each with a schema, a path or an answer of its own. */
const NAMED: ReadonlyMap<string, string> = new Map(
  Object.entries({
    properties: "the property",
    patternProperties: "the property",
    definitions: "the definition",
    $defs: "the definition",
    schemas: "the schema",
    paths: "the path",
    webhooks: "the webhook",
    responses: "the response",
    parameters: "the parameter",
    requestBodies: "the request body",
    headers: "the header",
    content: "the media type",
  }),
);
const METHODS: ReadonlySet<string> = new Set([
  "get",
  "put",
  "post",
  "delete",
  "options",
  "head",
  "patch",
  "trace",
]);
const DEPTH_MAX = 60;

/** True for what is an OpenAPI document or a JSON Schema, and not merely described by one. */
export function isSchemaDocument(path: string, value: unknown): boolean {
  if (!isObject(value)) return false;
  if (typeof value["openapi"] === "string" || typeof value["swagger"] === "string") return true;
  const { $schema } = value;
  const isNamed = /\.schema\.(?:json|ya?ml)$/u.test(path);
  return (
    (typeof $schema === "string" && /^https?:\/\/json-schema\.org\//u.test($schema)) ||
    (isNamed &&
      ("properties" in value || "$defs" in value || "definitions" in value || "type" in value))
  );
}

/** What changes for whoever sends or reads what the document describes. */
export function jsonSchemaChanges(
  path: string,
  before: unknown,
  after: unknown,
): readonly SchemaChange[] {
  const found: SchemaChange[] = [];
  compare({ path, found }, { place: "", key: "", depth: 0 }, before, after);
  return found;
}

interface Found {
  readonly path: string;
  readonly found: SchemaChange[];
}

interface At {
  readonly place: string;
  /** Key of the object that holds what is compared. */
  readonly key: string;
  readonly depth: number;
}

function compare(to: Found, at: At, before: unknown, after: unknown): void {
  if (at.depth > DEPTH_MAX) return;
  if (Array.isArray(before) && Array.isArray(after)) compareLists(to, at, before, after);
  else if (isObject(before) && isObject(after)) compareObjects(to, at, before, after);
}

function compareObjects(to: Found, at: At, before: Json, after: Json): void {
  const named = NAMED.get(at.key);
  if (named === undefined) compareKeywords(to, at, before, after);
  for (const key of Object.keys(before)) {
    if (named === undefined && (WORDS.has(key) || key.startsWith("x-"))) continue;
    const inner = {
      place: `${at.place}/${key}`,
      key: named === undefined ? key : "",
      depth: at.depth + 1,
    };
    const what = named ?? (METHODS.has(key) ? "the operation" : null);
    if (Object.hasOwn(after, key)) compare(to, inner, before[key], after[key]);
    else if (what !== null) to.found.push(breaking(to.path, `drops ${what} ${inner.place}`));
  }
  const gained = Object.keys(after).filter((key) => !Object.hasOwn(before, key));
  for (const key of gained) {
    const what = named ?? (METHODS.has(key) ? "the operation" : null);
    if (what === null) continue;
    const isRequired = named === "the parameter" && isRequiredParameter(after[key]);
    to.found.push(
      (isRequired ? breaking : additive)(
        to.path,
        `adds ${what} ${at.place}/${key}${isRequired ? ", which is required" : ""}`,
      ),
    );
  }
}

/** What a schema, a parameter or a body says about the values it takes. */
function compareKeywords(to: Found, at: At, before: Json, after: Json): void {
  const place = at.place === "" ? "the whole" : at.place;
  const { found, path } = to;
  const [wasType, isType] = [setOf(before["type"]), setOf(after["type"])];
  if (
    wasType !== null &&
    isType !== null &&
    String([...wasType].toSorted()) !== String([...isType].toSorted())
  ) {
    const isWider = [...wasType].every((type) => isType.has(type));
    found.push(
      (isWider ? additive : breaking)(
        path,
        `makes ${place} ${[...isType].join(" or ")} instead of ${[...wasType].join(" or ")}`,
      ),
    );
  }
  for (const key of ["$ref", "format", "const"]) {
    const [was, is] = [before[key], after[key]];
    if (was !== undefined && is !== undefined && JSON.stringify(was) !== JSON.stringify(is))
      found.push(breaking(path, `changes ${key} of ${place}`));
  }
  if (before["required"] !== true && after["required"] === true && Object.keys(before).length > 0)
    found.push(breaking(path, `makes ${place} required`));
  if (before["additionalProperties"] !== false && after["additionalProperties"] === false)
    found.push(breaking(path, `refuses more properties in ${place}`));
  if (Array.isArray(after["required"])) {
    const had = setOf(before["required"]) ?? new Set();
    for (const name of after["required"])
      if (typeof name === "string" && !had.has(name))
        found.push(breaking(path, `makes ${place}/${name} required`));
  }
  if (
    !Array.isArray(before["enum"]) &&
    Array.isArray(after["enum"]) &&
    before["type"] !== undefined
  )
    found.push(breaking(path, `takes only some values for ${place}`));
}

function compareLists(
  to: Found,
  at: At,
  before: readonly unknown[],
  after: readonly unknown[],
): void {
  const { found, path } = to;
  if (at.key === "enum") {
    const [was, is] = [asTexts(before), asTexts(after)];
    for (const value of was)
      if (!is.has(value)) found.push(breaking(path, `takes ${value} out of ${at.place}`));
    for (const value of is)
      if (!was.has(value)) found.push(additive(path, `adds ${value} to ${at.place}`));
  } else if (at.key === "parameters") {
    compareObjects(to, at, byName(before), byName(after));
  } else if (at.key !== "required" && at.key !== "type") {
    for (const [index, value] of before.entries())
      compare(
        to,
        { place: `${at.place}/${index}`, key: "", depth: at.depth + 1 },
        value,
        after[index],
      );
  }
}

function asTexts(values: readonly unknown[]): ReadonlySet<string> {
  return new Set(values.map((value) => JSON.stringify(value)));
}

/** Parameters in a list are the same when name and place are; where they stand in it is nothing. */
function byName(list: readonly unknown[]): Json {
  return Object.fromEntries(
    list.map((value, index) => {
      const { name, in: where, $ref } = isObject(value) ? value : {};
      const own = typeof name === "string" ? `${String(where)}:${name}` : null;
      return [own ?? (typeof $ref === "string" ? $ref : String(index)), value];
    }),
  );
}

function isRequiredParameter(value: unknown): boolean {
  return isObject(value) && value["required"] === true;
}

function setOf(value: unknown): ReadonlySet<string> | null {
  if (typeof value === "string") return new Set([value]);
  if (!Array.isArray(value)) return null;
  return new Set(value.filter((item) => typeof item === "string"));
}

function isObject(value: unknown): value is Json {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
