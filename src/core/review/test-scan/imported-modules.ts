import type { MaskedCode } from "../../shared/written-tests/masked-code.ts";

/** A module that a file takes in at run time, by its written name. */
export interface ImportedModule {
  readonly name: string;
  readonly at: number;
}

/** What a file imports; what is only there for types is left out. */
export function importedModules(masked: MaskedCode): readonly ImportedModule[] {
  switch (masked.language) {
    case "javascript":
      return named(
        masked,
        /(?<![\w$.])(?:from\s*|import\s*\(?\s*|require\s*\(\s*)(?=["'`])/gu,
      ).filter(({ at }) => !isOfTypes(masked.code, at));
    case "python":
      return [
        ...masked.code.matchAll(/^[ \t]*(?:from\s+([\w.]+)\s+import|import\s+([\w., ]+))/gmu),
      ].flatMap(({ index, 1: from, 2: names = "" }) =>
        (from ?? names)
          .split(",")
          .map((one) => ({ name: one.trim().split(" ")[0] ?? "", at: index })),
      );
    case "go":
      return [...masked.code.matchAll(/^import\s*(?:\([^()]*\)|\w*\s*"[^"]*")/gmu)].flatMap(
        ({ index, 0: block }) =>
          [...masked.text.slice(index, index + block.length).matchAll(/"([^"\n]+)"/gu)].map(
            (found) => ({
              name: found[1] ?? "",
              at: index + found.index,
            }),
          ),
      );
    case "rust":
      return [...masked.code.matchAll(/(?<![\w:])(?:use\s+)?(\w+)::/gu)].map(
        ({ index, 1: name = "" }) => ({ name, at: index }),
      );
  }
}

/** Modules that a test replaces by something of its own. */
export function fakedModules(masked: MaskedCode): ReadonlySet<string> {
  const calls =
    /(?<![\w$])(?:(?:vi|vitest|jest|mock|td|sinon)\s*\.\s*(?:mock|doMock|unstable_mockModule|module|replace|replaceEsm)|proxyquire|esmock|patch|setattr)\s*(?:<[^()]{1,100}>)?\(\s*(?:import\s*\(\s*)?(?=["'`])/gu;
  return new Set(named(masked, calls).map(({ name }) => name.replace(/^node:/u, "")));
}

/** The string literals that follow a pattern. */
function named({ code, text }: MaskedCode, before: RegExp): readonly ImportedModule[] {
  return [...code.matchAll(before)].flatMap(({ index, 0: head }) => {
    const quote = index + head.length;
    const end = code.indexOf(code[quote] ?? '"', quote + 1);
    return end < 0 ? [] : [{ name: text.slice(quote + 1, end), at: index }];
  });
}

/** An import takes no more text than this. */
const IMPORT_MAX = 5_000;

function isOfTypes(whole: string, place: number): boolean {
  const code = whole.slice(Math.max(0, place - IMPORT_MAX), place + 10);
  const at = Math.min(place, IMPORT_MAX);
  const start = Math.max(
    code.lastIndexOf(";", at),
    code.lastIndexOf("\n\n", at),
    code.lastIndexOf("import", at) - 1,
  );
  return /^[\s;]*(?:import|export)\s+type\b/u.test(code.slice(Math.max(0, start), at + 10));
}
