import type { Nodes, PhrasingContent, RootContent } from "mdast";
import { fromMarkdown } from "mdast-util-from-markdown";
import { gfmFromMarkdown } from "mdast-util-gfm";
import { gfm } from "micromark-extension-gfm";
import { squeezeBlanks } from "../shared/markdown-lines.ts";

/** A line as a reader sees it: without emphasis, code, struck-through text, tables and images. */
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
  readonly heading: boolean;
}

interface Pending {
  readonly node: Nodes;
  readonly listDepth: number;
  readonly quoted: boolean;
  readonly startsItem: boolean;
}

const PARSING = { extensions: [gfm()], mdastExtensions: [gfmFromMarkdown()] };
// Nobody nests this deep; the parser's cost grows with the square of it.
const PREFIX_MAX = 80;
const NESTED = new RegExp(String.raw`^[ \t>*+\d.)-]{${PREFIX_MAX},}.*$`, "gmu");

// A line that begins with a letter or a bold key and has no other marks than whole code spans: nothing in it can
// begin a block, and nothing inline can reach into the next line.
const PLAIN =
  /^(?:\*\*\p{L}[^*_~<>[\]\\&|!`]*(?<! )\*\*(?=[\s:]|$)|\p{L})[^*_~<>[\]\\&|!`]*(?:`[^`\\\s](?:[^`\\]*[^`\\\s])?`[^*_~<>[\]\\&|!`]*)*$/u;

/** Lines of a markdown text in reading order, from its syntax tree. Never throws. */
export function logicalLines(markdown: string): readonly LogicalLine[] {
  return plainLines(markdown) ?? treeLines(markdown);
}

/**
 * The same lines without a tree, where the text is nothing but plain paragraphs: most keyed lines are, and
 * 10,000 trees take seconds. Null for any other text.
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
    const words = squeezeBlanks(text.replace(/^\*\*([^*]*)\*\*/u, "$1").replaceAll("`", "")).trim();
    const place = { listDepth: 0, startsItem: false, quoted: false, heading: false };
    lines.push({ text: words, line: index + 1, block, bold: text.startsWith("**"), ...place });
  }
  return lines;
}

/** The lines of any text. */
export function treeLines(markdown: string): readonly LogicalLine[] {
  const tree = fromMarkdown(markdown.replaceAll(NESTED, ""), PARSING);
  const lines: LogicalLine[] = [];
  const pending: Pending[] = [{ node: tree, listDepth: 0, quoted: false, startsItem: false }];
  for (let next = pending.pop(); next !== undefined; next = pending.pop()) {
    const { node } = next;
    if (node.type === "paragraph" || node.type === "heading") readInline(node, next, lines);
    else pending.push(...childrenOf(next).toReversed());
  }
  return lines;
}

function childrenOf(parent: Pending): readonly Pending[] {
  const { node, listDepth, quoted } = parent;
  const inherit = (child: RootContent): Pending => ({
    node: child,
    listDepth,
    quoted,
    startsItem: false,
  });
  switch (node.type) {
    case "root":
      return node.children.map(inherit);
    case "list":
      return node.children.map((child) => ({ ...inherit(child), listDepth: listDepth + 1 }));
    case "listItem":
      return node.children.map((child, index) => ({ ...inherit(child), startsItem: index === 0 }));
    case "blockquote": {
      const first = node.children[0];
      const alert = first?.type === "paragraph" && startsWithAlert(first.children[0]);
      return node.children.map((child) => ({ ...inherit(child), quoted: quoted || !alert }));
    }
    // Code, HTML, tables, rules and definitions declare nothing.
    default:
      return [];
  }
}

function startsWithAlert(first: PhrasingContent | undefined): boolean {
  return first?.type === "text" && first.value.startsWith("[!");
}

function readInline(
  block: Extract<Nodes, { type: "paragraph" | "heading" }>,
  place: Pending,
  into: LogicalLine[],
): void {
  const first = block.children[0];
  const start = block.position?.start.line ?? 1;
  const written = new InlineText(start);
  const pending: PhrasingContent[] = block.children.toReversed();
  for (let node = pending.pop(); node !== undefined; node = pending.pop()) {
    const inner = written.add(node);
    pending.push(...inner.toReversed());
  }
  for (const [index, line] of written.lines.entries()) {
    into.push({
      text: squeezeBlanks(line.text).trim(),
      line: line.line,
      listDepth: place.listDepth,
      block: block.position?.start.offset ?? start,
      startsItem: place.startsItem && index === 0,
      quoted: place.quoted,
      bold: line.bold || (index === 0 && first?.type === "strong"),
      heading: block.type === "heading",
    });
  }
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
        this.#write(node.value.replaceAll("\n", " "), node.position?.start.line);
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
      case "link":
        if (!/\/(?:issues|pulls?|merge_requests)\/\d/u.test(node.url)) return node.children;
        // The address is exact; the text of a link may be a title.
        this.#write(node.url, node.position?.start.line);
        return [];
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
