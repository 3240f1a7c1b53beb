import { maskCode, type Language } from "./masked-code.ts";

const PATTERNS: Readonly<Record<Language, readonly RegExp[]>> = {
  javascript: [
    /(?<![\w$.])export\s+(?:default\s+)?(?:declare\s+)?(?:abstract\s+)?(?:async\s+)?(?:function\s*\*?|class|const|let|var|enum|namespace)\s+(?<name>[\w$]+)/gu,
    /(?<![\w$])(?:module\s*\.\s*)?exports\s*\.\s*(?<name>[\w$]+)\s*=(?!=)/gu,
    /(?<![\w$.])export\s*\{(?<list>[^{}]*)\}/gu,
    /(?<![\w$])module\s*\.\s*exports\s*=\s*\{(?<list>[^{}]*)\}/gu,
  ],
  python: [/^(?:async\s+def|def|class)\s+(?<name>[A-Za-z]\w*)/gmu],
  go: [/^func\s+(?:\([^()\n]*\)\s*)?(?<name>\p{Lu}\w*)/gmu],
  rust: [/(?<!\w)pub(?:\s*\([^()]*\))?\s+(?:(?:async|unsafe|const|extern)\s+)*fn\s+(?<name>\w+)/gu],
};

/** Names of functions, classes and values that a file offers to others, as far as a look at its text tells; no types. */
export function publicNames(path: string, text: string): ReadonlySet<string> {
  const masked = maskCode(path, text);
  const names = new Set<string>();
  if (masked === null) return names;
  for (const pattern of PATTERNS[masked.language])
    for (const { groups } of masked.code.matchAll(pattern)) {
      if (groups?.["name"] !== undefined) names.add(groups["name"]);
      for (const part of (groups?.["list"] ?? "").split(",")) {
        const name = /(?:^|\bas\s+)\s*([\w$]+)\s*(?::[^,]*)?$/u.exec(part.trim())?.[1];
        if (name !== undefined && !/^\s*type\s/u.test(part)) names.add(name);
      }
    }
  return names;
}

/** Every name that stands in a file's code: not in its comments, nor in its strings. */
export function namesIn(path: string, text: string): ReadonlySet<string> {
  return new Set(maskCode(path, text)?.code.match(/[\p{L}_$][\p{L}\p{N}_$]*/gu));
}
