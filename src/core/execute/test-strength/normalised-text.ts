/** Where a bracket closes in a normalised text; its end if it does not. */
export function closingAt(text: string, open: number): number {
  let depth = 0;
  for (let at = open; at < text.length; at += 1) {
    const char = text[at] ?? "";
    if (char === '"' || char === "`") at = stringEnd(text, at);
    else if ("([{".includes(char)) depth += 1;
    else if (")]}".includes(char)) {
      depth -= 1;
      if (depth === 0) return at;
    }
  }
  return text.length;
}

function stringEnd(text: string, from: number): number {
  const quote = text[from];
  for (let at = from + 1; at < text.length; at += 1) {
    if (text[at] === "\\") at += 1;
    else if (text[at] === quote) return at;
  }
  return text.length;
}

/** Parts of a normalised text between separators that stand outside of brackets and strings. */
export function splitOutside(text: string, separator: RegExp): readonly string[] {
  const sticky = new RegExp(separator.source, "uy");
  const parts: string[] = [];
  let from = 0;
  for (let at = 0; at < text.length; at += 1) {
    sticky.lastIndex = at;
    const char = text[at] ?? "";
    const found = sticky.exec(text);
    if (found !== null && at >= from) {
      parts.push(text.slice(from, at));
      from = at + found[0].length;
      at = from - 1;
    } else if (char === '"' || char === "`") at = stringEnd(text, at);
    else if ("([{".includes(char)) at = closingAt(text, at);
  }
  parts.push(text.slice(from));
  return parts;
}

const LITERAL =
  /^(?:true|false|null|undefined|None|True|False|nil|-?\d[\d_.]*|"(?:[^"\\]|\\.)*"|\[\]|\{\})$/u;

export function isLiteral(text: string): boolean {
  return LITERAL.test(text);
}
