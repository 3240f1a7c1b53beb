import type { Span } from "./masked-code.ts";

/** Comments, strings and runes of Go. */
export function goSpans(text: string): readonly Span[] {
  const spans: Span[] = [];
  let at = 0;
  while (at < text.length) {
    const comment = commentEnd(text, at);
    const char = text[at] ?? "";
    if (comment > at) {
      spans.push({ kind: "comment", from: at, to: comment });
      at = comment;
    } else if (char === "`" || char === '"' || char === "'") {
      const end = endOfString(text, at);
      if (end >= 0) spans.push({ kind: "string", from: at + 1, to: end });
      at = Math.max(end, at) + 1;
    } else at += 1;
  }
  return spans;
}

function commentEnd(text: string, at: number): number {
  const [opening, closing] = text.startsWith("//", at)
    ? ["//", "\n"]
    : text.startsWith("/*", at)
      ? ["/*", "*/"]
      : ["", ""];
  if (opening === "") return at;
  const end = text.indexOf(closing, at + 2);
  if (end < 0) return text.length;
  return closing === "\n" ? end : end + 2;
}

function endOfString(text: string, from: number): number {
  const quote = text[from] ?? "";
  if (quote === "`") return text.indexOf("`", from + 1);
  for (let at = from + 1; at < text.length; at += 1) {
    if (text[at] === quote) return at;
    if (text[at] === "\n") return -1;
    if (text[at] === "\\") at += 1;
  }
  return -1;
}
