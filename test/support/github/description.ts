// GitHub's own description of its REST API, cut down (scripts/cut-openapi.ts): every request and answer of the double is
// held against it, and answers are completed from it, so that no field is missing that the real service would send.
import { readFileSync } from "node:fs";
import path from "node:path";
import { Ajv, type ValidateFunction } from "ajv";

export type Json =
  | null
  | boolean
  | number
  | string
  | readonly Json[]
  | { readonly [key: string]: Json };
export type JsonObject = { readonly [key: string]: Json };

interface Operation {
  readonly parameters?: readonly JsonObject[];
  readonly requestBody?: { readonly required?: boolean; readonly content: JsonObject };
  readonly responses: JsonObject;
}

interface Description {
  readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>;
  readonly components: Readonly<Record<string, JsonObject>>;
}

const description = JSON.parse(
  readFileSync(path.join(import.meta.dirname, "openapi.json"), "utf8"),
) as Description;
const ajv = new Ajv({ strict: false, validateFormats: false, allErrors: true, coerceTypes: false });
const compiled = new Map<string, ValidateFunction>();
ajv.addSchema({
  $id: "github",
  components: forAjv(description.components) as object,
});

/** OpenAPI 3.0 says `nullable`; JSON Schema says so by the type. References are made absolute. */
function forAjv(value: Json): Json {
  if (Array.isArray(value)) return value.map((item: Json) => forAjv(item));
  if (value === null || typeof value !== "object") return value;
  const plain = value as JsonObject;
  const { nullable, ...rest } = plain;
  const converted = Object.fromEntries(
    Object.entries(rest).map(([key, inner]) => [
      key,
      key === "$ref" && typeof inner === "string" ? `github${inner}` : forAjv(inner),
    ]),
  );
  return nullable === true ? { anyOf: [{ type: "null" }, converted] } : converted;
}

function text(value: Json | undefined): string {
  return typeof value === "string" ? value : "";
}

function isObject(value: Json | undefined): value is JsonObject {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function resolve(value: Json | undefined): JsonObject {
  if (!isObject(value)) return {};
  const reference = value["$ref"];
  if (typeof reference !== "string") return value;
  const [, , kind = "", name = ""] = reference.split("/");
  return resolve(description.components[kind]?.[name]);
}

/** The path of the description that a request goes to, with what stands in its places; null: GitHub has no such path. */
export function findRoute(
  method: string,
  pathname: string,
): { readonly template: string; readonly places: Readonly<Record<string, string>> } | null {
  for (const [template, methods] of Object.entries(description.paths)) {
    if (!(method.toLowerCase() in methods)) continue;
    const names = [...template.matchAll(/\{(\w+)\}/g)].map((match) => match[1] ?? "");
    const pattern = template.replaceAll(/\{(\w+)\}/g, (_, name: string) =>
      name === "ref" ? "(.+)" : "([^/]+)",
    );
    const match = new RegExp(`^${pattern}$`).exec(pathname);
    if (match === null) continue;
    const places = names.map((name, index) => [name, decodeURIComponent(match[index + 1] ?? "")]);
    return { template, places: Object.fromEntries(places) as Record<string, string> };
  }
  return null;
}

/** What is wrong with a request by the description; empty: nothing. */
export function requestDefects(
  method: string,
  template: string,
  request: { readonly query: URLSearchParams; readonly body: Json | undefined },
): readonly string[] {
  const operation = description.paths[template]?.[method.toLowerCase()];
  if (operation === undefined) return [`no ${method} ${template}`];
  const known = new Map(
    (operation.parameters ?? []).map((parameter) => {
      const resolved = resolve(parameter);
      return [`${text(resolved["in"])} ${text(resolved["name"])}`, resolved] as const;
    }),
  );
  const defects = [...request.query.keys()]
    .filter((name) => !known.has(`query ${name}`))
    .map((name) => `the query has ${name}, which is not described`);
  const schema = bodySchema(operation.requestBody?.content);
  if (request.body === undefined) return defects;
  if (schema === null) return [...defects, "a body, which is not described"];
  const validate = validator(`${method} ${template}`, schema);
  if (!validate(request.body)) defects.push(...words(validate));
  return [...defects, ...unknownProperties(schema, request.body)];
}

/** The description allows any property; the service ignores them silently, and that hides mistakes. */
function unknownProperties(schema: JsonObject, body: Json): readonly string[] {
  const properties = schema["properties"];
  if (!isObject(properties) || !isObject(body)) return [];
  return Object.keys(body)
    .filter((name) => !(name in properties))
    .map((name) => `the body has ${name}, which is not described`);
}

function bodySchema(content: JsonObject | undefined): JsonObject | null {
  const json = content?.["application/json"];
  return isObject(json) && isObject(json["schema"]) ? json["schema"] : null;
}

function validator(name: string, schema: JsonObject): ValidateFunction {
  const known = compiled.get(name);
  if (known !== undefined) return known;
  const made = ajv.compile(forAjv(schema) as object);
  compiled.set(name, made);
  return made;
}

function words(validate: ValidateFunction): readonly string[] {
  return (validate.errors ?? [])
    .slice(0, 8)
    .map((error) => `${error.instancePath} ${error.message ?? ""} ${JSON.stringify(error.params)}`);
}

function responseSchema(method: string, template: string, status: number): JsonObject | null {
  const operation = description.paths[template]?.[method.toLowerCase()];
  const response = resolve(operation?.responses[String(status)]);
  return bodySchema(isObject(response["content"]) ? response["content"] : undefined);
}

/** An answer with every field that the description requires; what the double does not know is empty. */
export function completed(method: string, template: string, status: number, body: Json): Json {
  const schema = responseSchema(method, template, status);
  return schema === null ? body : fill(schema, body, 0);
}

/** What is wrong with an answer by the description; empty: nothing, or it is not described. */
export function responseDefects(
  method: string,
  template: string,
  status: number,
  body: Json,
): readonly string[] {
  const schema = responseSchema(method, template, status);
  if (schema === null) return [];
  const validate = validator(`${method} ${template} ${status}`, schema);
  return validate(body) ? [] : words(validate);
}

const DEPTH_MAX = 8;

function fill(written: JsonObject, value: Json | undefined, depth: number): Json {
  const schema = merged(resolve(written), isObject(value) ? Object.keys(value) : []);
  if (value === undefined) return emptyOf(schema, depth);
  if (Array.isArray(value)) {
    const { items } = schema;
    return isObject(items) ? value.map((item: Json) => fill(items, item, depth + 1)) : value;
  }
  if (!isObject(value)) return value;
  const properties = isObject(schema["properties"]) ? schema["properties"] : {};
  const required = Array.isArray(schema["required"]) ? (schema["required"] as string[]) : [];
  const filled: Record<string, Json> = {};
  for (const name of new Set([...required, ...Object.keys(value)])) {
    const inner = properties[name];
    filled[name] = isObject(inner) ? fill(inner, value[name], depth + 1) : (value[name] ?? null);
  }
  return filled;
}

/** `allOf` as one; of alternatives the first object that these fields fill, that has them, or the first. */
function merged(schema: JsonObject, fields: readonly string[]): JsonObject {
  const all = schema["allOf"];
  if (Array.isArray(all)) {
    const parts = all.map((part: Json) => merged(resolve(part), fields));
    return {
      ...schema,
      properties: Object.assign({}, ...parts.map((part) => part["properties"] ?? {})) as JsonObject,
      required: parts.flatMap((part) => (part["required"] as string[] | undefined) ?? []),
    };
  }
  for (const choice of ["anyOf", "oneOf"]) {
    const options = schema[choice];
    if (!Array.isArray(options)) continue;
    const resolved = options.map((option: Json) => merged(resolve(option), fields));
    const has = (option: JsonObject): boolean => {
      const { properties } = option;
      return isObject(properties) && fields.every((field) => field in properties);
    };
    const isMet = (option: JsonObject): boolean =>
      has(option) &&
      ((option["required"] as string[] | undefined) ?? []).every((name) => fields.includes(name));
    return (
      resolved.find(isMet) ??
      resolved.find(has) ??
      resolved.find((option) => "properties" in option) ??
      resolved[0] ??
      {}
    );
  }
  return schema;
}

function emptyOf(schema: JsonObject, depth: number): Json {
  if (schema["nullable"] === true || depth > DEPTH_MAX) return null;
  const choices = schema["enum"];
  if (Array.isArray(choices)) return (choices[0] as Json | undefined) ?? null;
  switch (schema["type"]) {
    case "string":
      return schema["format"] === "date-time" ? "2026-01-01T00:00:00Z" : "";
    case "integer":
    case "number":
      return 0;
    case "boolean":
      return false;
    case "array":
      return [];
    default:
      return "properties" in schema || schema["type"] === "object"
        ? fill(schema, {}, depth + 1)
        : null;
  }
}
