/** One `key = value` of a TOML file, with the table it stands in; the value as it is written. */
export interface TomlEntry {
  readonly table: string;
  readonly key: string;
  readonly value: string;
}

const VALUE_LINES_MAX = 2000;

/** The entries of a manifest in TOML, as far as manifests use it: tables, plain and dotted keys, arrays over lines. */
export function tomlEntries(text: string): readonly TomlEntry[] {
  const entries: TomlEntry[] = [];
  let table = "";
  const lines = text.split("\n");
  for (let at = 0; at < lines.length; at += 1) {
    const line = withoutComment(lines[at] ?? "");
    const header = /^\s*\[\[?([^\]]+)\]\]?\s*$/u.exec(line);
    if (header !== null) {
      table = (header[1] ?? "").replaceAll(/["'\s]/gu, "");
      continue;
    }
    const found = /^\s*("[^"]*"|'[^']*'|[\w.-]+)\s*=\s*(.*)$/u.exec(line);
    if (found === null) continue;
    const parts = [found[2] ?? ""];
    let open = opened(parts[0] ?? "");
    while (open > 0 && parts.length < VALUE_LINES_MAX && at + 1 < lines.length) {
      at += 1;
      const next = withoutComment(lines[at] ?? "");
      parts.push(next);
      open += opened(next);
    }
    entries.push({
      table,
      key: (found[1] ?? "").replaceAll(/["']/gu, ""),
      value: parts.join("\n").trim(),
    });
  }
  return entries;
}

/** Texts in a value: the one it is, or all of an array. */
export function tomlTexts(value: string): readonly string[] {
  return [...value.matchAll(/"((?:[^"\\\n]|\\.)*)"|'([^'\n]*)'/gu)].map(
    ([, double, single]) => double ?? single ?? "",
  );
}

function withoutComment(line: string): string {
  let quote = "";
  for (let at = 0; at < line.length; at += 1) {
    const char = line.charAt(at);
    if (quote === "" && char === "#") return line.slice(0, at);
    if (char === quote) quote = "";
    else if (quote === "" && (char === '"' || char === "'")) quote = char;
  }
  return line;
}

/** Brackets that a line opens and does not close, those inside of texts left out. */
function opened(line: string): number {
  const plain = line.replaceAll(/"(?:[^"\\\n]|\\.)*"|'[^'\n]*'/gu, "");
  return (plain.match(/[[{]/gu) ?? []).length - (plain.match(/[\]}]/gu) ?? []).length;
}
