import type { Html, Nodes, PhrasingContent, RootContent, Table } from "mdast";
import { fromMarkdown } from "mdast-util-from-markdown";
import { gfmFromMarkdown } from "mdast-util-gfm";
import { gfm } from "micromark-extension-gfm";
import { squeezeBlanks } from "../shared/markdown-lines.ts";
import { CODE_MARK } from "./dependency-words.ts";

/** A line as a reader sees it: without emphasis, code blocks, struck-through text and images. */
export interface LogicalLine {
  readonly text: string;
  /** From 1, in the text that was parsed. */
  readonly line: number;
  /** How many lists it stands in. */
  readonly listDepth: number;
  /** Lines of one paragraph share it. */
  readonly block: number;
  /** First line of a list item. */
  readonly startsItem: boolean;
  /** In a block quote that is not an alert (`> [!NOTE]`). */
  readonly quoted: boolean;
  /** Its first word is bold. */
  readonly bold: boolean;
  /** Level of a heading, 0 for any other line. */
  readonly heading: number;
  /** It stands in a numbered list. */
  readonly numbered: boolean;
  /** A whole table in place of words; its head is the first row. */
  readonly table?: readonly TableRow[];
}

export interface TableRow {
  readonly cells: readonly string[];
  readonly line: number;
}

interface Pending {
  readonly node: Nodes;
  readonly listDepth: number;
  readonly quoted: boolean;
  readonly startsItem: boolean;
  readonly numbered: boolean;
}

const PARSING = {
  extensions: [withoutAutolinks(gfm())],
  // Only that of autolinks has transforms, which search the whole tree again.
  mdastExtensions: gfmFromMarkdown().filter(({ transforms }) => transforms === undefined),
};

/**
 * An address is read as it is written; as a construct on every letter it would cost each tree more than all others
 * together.
 */
function withoutAutolinks(syntax: ReturnType<typeof gfm>): ReturnType<typeof gfm> {
  const text = Object.entries(syntax.text ?? {}).flatMap(([code, constructs]) => {
    const others = [constructs]
      .flat()
      .filter((construct) => construct !== undefined)
      .filter(({ name }) => name?.endsWith("Autolink") !== true);
    return others.length === 0 ? [] : [[code, others] as const];
  });
  return { ...syntax, text: Object.fromEntries(text) };
}

// Nobody nests this deep; the parser's cost grows with the square of it.
const PREFIX_MAX = 80;
const NESTED = new RegExp(String.raw`^[ \t>*+\d.)-]{${PREFIX_MAX},}.*$`, "gmu");

// A line that begins with a letter or a bold key and has no other marks than whole code spans: nothing in it can
// begin a block, and nothing inline can reach into the next line.
const PLAIN =
  /^(?:\*\*\p{L}[^*_~<>[\]\\&|!`]*(?<! )\*\*(?=[\s:]|$)|\p{L})[^*_~<>[\]\\&|!`]*(?:`[^`\\\s](?:[^`\\]*[^`\\\s])?`[^*_~<>[\]\\&|!`]*)*$/u;

/**
 * Lines of a text that is nothing but plain paragraphs, without a syntax tree: most keyed lines are, and 10,000 trees
 * take seconds. Null for any other text.
 */
export function plainLines(markdown: string): readonly LogicalLine[] | null {
  const lines: LogicalLine[] = [];
  let block = 0;
  for (const [index, text] of markdown.split("\n").entries()) {
    if (text.trim() === "") {
      block = index + 1;
      continue;
    }
    // Addresses and code in several backticks have rules of their own about where they end.
    if (!PLAIN.test(text) || /:\/\/|www\.|@|``/iu.test(text)) return null;
    const plain = text
      .replace(/^\*\*([^*]*)\*\*/u, "$1")
      .replaceAll(/`([^`]*)`/gu, (_code, words: string) => markCode(words));
    const words = squeezeBlanks(plain).trim();
    const place = { listDepth: 0, startsItem: false, quoted: false, heading: 0, numbered: false };
    lines.push({ text: words, line: index + 1, block, bold: text.startsWith("**"), ...place });
  }
  return lines;
}

/** Code of several words keeps a mark on both sides: what stands in it is an example, not a statement. */
function markCode(words: string): string {
  return /\s/u.test(words.trim()) && /\p{L}/u.test(words) ? CODE_MARK + words + CODE_MARK : words;
}

/** Lines of any markdown text in reading order, from its syntax tree. Never throws. */
export function treeLines(markdown: string): readonly LogicalLine[] {
  const tree = fromMarkdown(markdown.replaceAll(NESTED, ""), PARSING);
  const lines: LogicalLine[] = [];
  const root = { listDepth: 0, quoted: false, startsItem: false, numbered: false };
  const pending: Pending[] = [{ node: tree, ...root }];
  for (let next = pending.pop(); next !== undefined; next = pending.pop()) {
    const { node } = next;
    if (node.type === "paragraph" || node.type === "heading") readInline(node, next, lines);
    else if (node.type === "table") lines.push(readTable(node, next));
    else if (node.type === "html") lines.push(...readHtml(node, next));
    else pending.push(...childrenOf(next).toReversed());
  }
  return lines;
}

function childrenOf(parent: Pending): readonly Pending[] {
  const { node, listDepth, quoted, numbered } = parent;
  const inherit = (child: RootContent): Pending => ({
    node: child,
    listDepth,
    quoted,
    startsItem: false,
    numbered,
  });
  switch (node.type) {
    case "root":
      return node.children.map(inherit);
    case "list":
      return node.children.map((child) => ({
        ...inherit(child),
        listDepth: listDepth + 1,
        numbered: node.ordered === true,
      }));
    case "listItem":
      return node.children.map((child, index) => ({ ...inherit(child), startsItem: index === 0 }));
    case "blockquote": {
      const first = node.children[0];
      const alert = first?.type === "paragraph" && startsWithAlert(first.children[0]);
      return node.children.map((child) => ({ ...inherit(child), quoted: quoted || !alert }));
    }
    // Code, HTML, rules and definitions declare nothing.
    default:
      return [];
  }
}

/** `> [!NOTE]`, and `> **Note**` as it was written before. */
function startsWithAlert(first: PhrasingContent | undefined): boolean {
  if (first?.type === "text") return first.value.startsWith("[!");
  const [word] = first?.type === "strong" ? first.children : [];
  return (
    word?.type === "text" && /^(?:note|warning|important|caution|tip)[:.!]?$/iu.test(word.value)
  );
}

function readInline(
  block: Extract<Nodes, { type: "paragraph" | "heading" }>,
  place: Pending,
  into: LogicalLine[],
): void {
  const first = block.children[0];
  const start = block.position?.start.line ?? 1;
  for (const [index, line] of inlineLines(block.children, start).entries()) {
    into.push({
      text: squeezeBlanks(line.text).trim(),
      line: line.line,
      listDepth: place.listDepth,
      block: block.position?.start.offset ?? start,
      startsItem: place.startsItem && index === 0,
      quoted: place.quoted,
      bold: line.bold || (index === 0 && first?.type === "strong"),
      heading: block.type === "heading" ? block.depth : 0,
      numbered: place.numbered,
    });
  }
}

/** HTML that could not be read as markdown counts as a quote: it declares nothing, yet names what it names. */
function readHtml(html: Html, place: Pending): readonly LogicalLine[] {
  const text = squeezeBlanks(html.value.replaceAll(/<[^<>]{0,500}>|\s+/gu, " ")).trim();
  if (text === "" || html.value.includes("<!--")) return [];
  const start = html.position?.start;
  const { listDepth } = place;
  const nothing = { startsItem: false, bold: false, heading: 0, numbered: false };
  const block = start?.offset ?? 0;
  return [{ text, line: start?.line ?? 1, listDepth, block, quoted: true, ...nothing }];
}

function inlineLines(children: readonly PhrasingContent[], start: number): InlineText["lines"] {
  const written = new InlineText(start);
  const pending: PhrasingContent[] = children.toReversed();
  for (let node = pending.pop(); node !== undefined; node = pending.pop()) {
    const inner = written.add(node);
    pending.push(...inner.toReversed());
  }
  return written.lines;
}

function readTable(table: Table, place: Pending): LogicalLine {
  const start = table.position?.start.line ?? 1;
  const rows = table.children.map((row): TableRow => {
    const line = row.position?.start.line ?? start;
    const cells = row.children.map((cell) => {
      const words = inlineLines(cell.children, line).map(({ text }) => text.trim());
      return squeezeBlanks(words.filter((text) => text !== "").join(", ")).trim();
    });
    return { cells, line };
  });
  return {
    text: "",
    line: start,
    listDepth: place.listDepth,
    block: table.position?.start.offset ?? start,
    startsItem: false,
    quoted: place.quoted,
    bold: false,
    heading: 0,
    numbered: false,
    table: rows,
  };
}

/** What a link names: the address of an issue, or `#12` for one within the repository; null for any other link. */
function issueAddress(url: string): string | null {
  if (/^https?:.*\/(?:issues|pulls?|merge_requests)\/\d/u.test(url)) return url;
  const near = /^(?:\.\.?\/)*(?:issues|pull)\/(\d{1,9})(?!\d)/u.exec(url)?.[1];
  if (near !== undefined) return `#${near}`;
  const [, repository, number] =
    /^\/([\w.-]+\/[\w.-]+)\/(?:issues|pull)\/(\d{1,9})(?!\d)/u.exec(url) ?? [];
  return repository === undefined ? null : `${repository}#${number}`;
}

/** Joins inline nodes into lines; answers the children that are still to be read. */
class InlineText {
  readonly lines: { text: string; line: number; bold: boolean }[] = [];

  constructor(line: number) {
    this.lines.push({ text: "", line, bold: false });
  }

  add(node: PhrasingContent): readonly PhrasingContent[] {
    switch (node.type) {
      case "text":
        this.#write(node.value, node.position?.start.line);
        return [];
      case "inlineCode":
        this.#write(markCode(node.value.replaceAll("\n", " ")), node.position?.start.line);
        return [];
      case "html":
        if (/^<br\s*\/?>$/iu.test(node.value)) this.#write("\n", node.position?.start.line);
        return [];
      case "break":
        this.#write("\n", node.position?.start.line);
        return [];
      case "strong":
        this.#markBold();
        return node.children;
      case "emphasis":
      case "linkReference":
        return node.children;
      case "link": {
        const address = issueAddress(node.url);
        if (address === null) return node.children;
        // The address is exact; the text of a link may be a title.
        this.#write(address, node.position?.start.line);
        return [];
      }
      // Struck-through text is withdrawn; images, HTML and footnotes say nothing here.
      default:
        return [];
    }
  }

  #markBold(): void {
    const line = this.lines.at(-1);
    if (line !== undefined && !/[\p{L}\p{N}]/u.test(line.text)) line.bold = true;
  }

  #write(value: string, startLine: number | undefined): void {
    for (const [index, part] of value.split("\n").entries()) {
      const last = this.lines.at(-1);
      if (last === undefined || index > 0) {
        this.lines.push({ text: part, line: (startLine ?? 1) + index, bold: false });
      } else last.text += part;
    }
  }
}
