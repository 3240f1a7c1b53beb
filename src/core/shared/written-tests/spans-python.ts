import type { Span } from "./masked-code.ts";

/** Comments and strings of Python; what stands in the braces of an f-string counts as string. */
export function pythonSpans(text: string): readonly Span[] {
  const spans: Span[] = [];
  let at = 0;
  while (at < text.length) {
    const char = text[at] ?? "";
    if (char === "#") {
      const found = text.indexOf("\n", at);
      const to = found < 0 ? text.length : found;
      spans.push({ kind: "comment", from: at, to });
      at = to;
    } else if (char === '"' || char === "'") {
      const quote = text.startsWith(char.repeat(3), at) ? char.repeat(3) : char;
      const end = endOfString(text, at + quote.length, quote);
      if (end >= 0) spans.push({ kind: "string", from: at + quote.length, to: end });
      at = end < 0 ? at + 1 : end + quote.length;
    } else at += 1;
  }
  return spans;
}

function endOfString(text: string, from: number, quote: string): number {
  for (let at = from; at < text.length; at += 1) {
    if (text[at] === "\\") at += 1;
    else if (text.startsWith(quote, at)) return at;
    else if (text[at] === "\n" && quote.length === 1) return -1;
  }
  return -1;
}
