/** One element of an XML document. */
export interface XmlElement {
  readonly name: string;
  readonly attributes: ReadonlyMap<string, string>;
  readonly children: readonly XmlElement[];
  /** Its own text, without that of its children. */
  readonly text: string;
}

interface Open {
  readonly name: string;
  readonly attributes: ReadonlyMap<string, string>;
  readonly children: XmlElement[];
  readonly texts: string[];
}

/** No report is nested deeper; a file that is was not written by a test program. */
const DEPTH_MAX = 200;

const ENTITIES: Readonly<Record<string, string>> = {
  amp: "&",
  lt: "<",
  gt: ">",
  quot: '"',
  apos: "'",
};

/**
 * Reads the root element of an XML text, in one linear pass; null: not well-formed, or with a document type, whose
 * entities no report needs. What stands before and after the root is passed over: reports share an output with others.
 */
export function readXml(text: string): XmlElement | null {
  const open: Open[] = [];
  let at = text.search(/<(?:\?xml\b|testsuites?\b)/u);
  while (at >= 0 && at < text.length) {
    const parent = open.at(-1);
    const next = text.indexOf("<", at);
    if (next < 0) return null;
    if (next > at) parent?.texts.push(decoded(text.slice(at, next)));
    const aside = pastAside(text, next, parent);
    if (aside === null) return null;
    if (aside > next) {
      at = aside;
      continue;
    }
    const tag = readTag(text, next);
    if (tag === null) return null;
    at = tag.end;
    if (tag.kind === "close") {
      const closing = open.pop();
      if (closing?.name !== tag.name) return null;
      const element = { ...closing, text: closing.texts.join("") };
      const outer = open.at(-1);
      if (outer === undefined) return element;
      outer.children.push(element);
      continue;
    }
    const begun: Open = { name: tag.name, attributes: tag.attributes, children: [], texts: [] };
    if (tag.kind === "empty") {
      const element = { ...begun, text: "" };
      if (parent === undefined) return element;
      parent.children.push(element);
    } else if (open.push(begun) > DEPTH_MAX) return null;
  }
  return null;
}

/** Where a comment, CDATA section or instruction at a place ends; the place itself where there is none; null: never. */
function pastAside(text: string, at: number, parent: Open | undefined): number | null {
  const [opening, closing] = text.startsWith("<!--", at)
    ? ["<!--", "-->"]
    : text.startsWith("<![CDATA[", at)
      ? ["<![CDATA[", "]]>"]
      : text.startsWith("<?", at)
        ? ["<?", "?>"]
        : ["", ""];
  if (opening === "") return text.startsWith("<!", at) ? null : at;
  const end = text.indexOf(closing, at + opening.length);
  if (end < 0) return null;
  if (opening === "<![CDATA[") parent?.texts.push(text.slice(at + opening.length, end));
  return end + closing.length;
}

type Tag =
  | { readonly kind: "close"; readonly name: string; readonly end: number }
  | {
      readonly kind: "open" | "empty";
      readonly name: string;
      readonly attributes: ReadonlyMap<string, string>;
      readonly end: number;
    };

const CLOSING = /<\/([\w:.-]+)\s*>/uy;
const OPENING = /<([\w:.-]+)/uy;
const ATTRIBUTE = /\s+([\w:.-]+)\s*=\s*(?:"([^"<]*)"|'([^'<]*)')/uy;
const ENDING = /\s*(\/?)>/uy;

function readTag(text: string, at: number): Tag | null {
  const closing = matchAt(CLOSING, text, at);
  if (closing !== null) return { kind: "close", name: closing[1] ?? "", end: CLOSING.lastIndex };
  const opening = matchAt(OPENING, text, at);
  if (opening === null) return null;
  const attributes = new Map<string, string>();
  let end = OPENING.lastIndex;
  for (;;) {
    const attribute = matchAt(ATTRIBUTE, text, end);
    if (attribute === null) break;
    attributes.set(attribute[1] ?? "", decoded(attribute[2] ?? attribute[3] ?? ""));
    end = ATTRIBUTE.lastIndex;
  }
  const ending = matchAt(ENDING, text, end);
  if (ending === null) return null;
  const kind = ending[1] === "/" ? "empty" : "open";
  return { kind, name: opening[1] ?? "", attributes, end: ENDING.lastIndex };
}

function matchAt(sticky: RegExp, text: string, at: number): RegExpExecArray | null {
  sticky.lastIndex = at;
  return sticky.exec(text);
}

function decoded(text: string): string {
  if (!text.includes("&")) return text;
  return text.replaceAll(
    /&(?:#x([\da-f]{1,6})|#(\d{1,7})|(\w{1,8}));/giu,
    (whole, hex, decimal, name) => {
      const code = typeof hex === "string" ? Number.parseInt(hex, 16) : Number(decimal);
      if (Number.isInteger(code)) return code <= 0x10_ff_ff ? String.fromCodePoint(code) : whole;
      return ENTITIES[String(name)] ?? whole;
    },
  );
}
