import { additive, breaking, type SchemaChange, type Sides } from "./schema-change.ts";
import { tokensOf } from "./tokens.ts";

/** Full name of what is declared -> how. A field goes by its number, since that is what is sent. */
type Declared = ReadonlyMap<string, { readonly words: string; readonly isRequired: boolean }>;

/** What changes for whoever speaks by these protocols, on the wire or in generated code. */
export function protobufChanges(files: readonly Sides[]): readonly SchemaChange[] {
  const [path = ""] = files.map((file) => file.path);
  const old = declaredIn(files.map(({ before }) => before ?? ""));
  const now = declaredIn(files.map(({ after }) => after ?? ""));
  const found: SchemaChange[] = [];
  for (const [name, was] of old) {
    const is = now.get(name);
    if (is === undefined) found.push(breaking(path, `drops ${name} (${was.words})`));
    else if (is.words !== was.words)
      found.push(breaking(path, `makes ${name} \`${is.words}\` instead of \`${was.words}\``));
  }
  for (const [name, is] of now) {
    if (old.has(name)) continue;
    found.push(
      is.isRequired && old.has(name.slice(0, name.lastIndexOf(" ")))
        ? breaking(path, `adds ${name} (${is.words}), which is required`)
        : additive(path, `adds ${name} (${is.words})`),
    );
  }
  return found;
}

function declaredIn(texts: readonly string[]): Declared {
  const found = new Map<string, { words: string; isRequired: boolean }>();
  for (const text of texts) readBlock(tokensOf(text, "//"), found);
  return found;
}

const SCOPES_MAX = 16;

function readBlock(
  tokens: readonly string[],
  found: Map<string, { words: string; isRequired: boolean }>,
): void {
  const scopes: { readonly name: string; readonly kind: string }[] = [];
  let statement: string[] = [];
  let brackets = 0;
  // Nobody nests that deep; what does is read as if it stood higher up.
  const scope = (): string =>
    scopes
      .slice(0, SCOPES_MAX)
      .map(({ name }) => name)
      .filter(Boolean)
      .join(".");
  for (const token of tokens) {
    if (token === "[") brackets += 1;
    if (brackets > 0) {
      if (token === "]") brackets -= 1;
    } else if (token === "{") {
      const [kind = "", name = ""] = statement;
      const isScope =
        kind === "message" || kind === "enum" || kind === "service" || kind === "extend";
      if (kind === "rpc") declare(found, scope(), "service", statement);
      scopes.push(
        isScope ? { name, kind } : { name: "", kind: kind === "oneof" ? "message" : "other" },
      );
      if (isScope) found.set(scope(), { words: kind, isRequired: false });
      statement = [];
    } else if (token === "}") {
      scopes.pop();
      statement = [];
    } else if (token === ";") {
      declare(found, scope(), scopes.at(-1)?.kind ?? "file", statement);
      statement = [];
    } else statement.push(token);
  }
}

const NO_FIELD: ReadonlySet<string> = new Set([
  "option",
  "reserved",
  "extensions",
  "import",
  "syntax",
  "edition",
]);

function declare(
  found: Map<string, { words: string; isRequired: boolean }>,
  scope: string,
  kind: string,
  statement: readonly string[],
): void {
  const [first = ""] = statement;
  if (first === "package") found.set("package", { words: statement[1] ?? "", isRequired: false });
  if (NO_FIELD.has(first) || kind === "file" || kind === "other") return;
  if (kind === "service") {
    const [, name = "", ...rest] = statement;
    if (first === "rpc")
      found.set(`${scope} ${name}`, { words: rest.join(" "), isRequired: false });
    return;
  }
  const equals = statement.indexOf("=");
  const number = statement[equals + 1] ?? "";
  if (equals < 1 || number === "") return;
  // A number may be written in several ways; the label `optional` changes nothing for who reads.
  const words = statement.slice(0, equals).filter((word) => word !== "optional");
  const key = Number.isNaN(Number(number)) ? number : String(Number(number));
  found.set(`${scope} ${key}`, { words: words.join(" "), isRequired: first === "required" });
}
