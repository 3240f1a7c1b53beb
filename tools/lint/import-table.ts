// An oxlint plugin with one rule: who may import whom (docs/ARCHITECTURE.md). The table itself is
// layers.ts. Patterns on specifiers cannot tell adapters/git from adapters/sqlite, so the rule
// resolves each specifier against the file it stands in.
import { dirname, relative, resolve, sep } from "node:path";
import { judgeImport } from "./layers.ts";

/** The few syntax nodes the rule reads, as oxlint hands them over (ESTree). */
interface ImportNode {
  readonly type: string;
  readonly source?: { readonly type: string; readonly value?: unknown } | null;
  readonly importKind?: "type" | "value";
  readonly exportKind?: "type" | "value";
  readonly specifiers?: readonly Specifier[];
}

interface Specifier {
  readonly type: string;
  readonly importKind?: "type" | "value";
  readonly exportKind?: "type" | "value";
  readonly imported?: Name;
  readonly local?: Name;
}

interface Name {
  readonly name?: string;
  readonly value?: string;
}

interface RuleContext {
  readonly filename: string;
  readonly cwd: string;
  report(problem: { readonly node: ImportNode; readonly message: string }): void;
}

const importTable = {
  meta: {
    type: "problem",
    docs: { description: "Keeps to the import table of docs/ARCHITECTURE.md." },
  },
  create(context: RuleContext): Record<string, (node: ImportNode) => void> {
    const check = (node: ImportNode): void => checkImport(context, node);
    return {
      ImportDeclaration: check,
      ImportExpression: check,
      ExportNamedDeclaration: check,
      ExportAllDeclaration: check,
    };
  },
};

function checkImport(context: RuleContext, node: ImportNode): void {
  const specifier = node.source?.value;
  // A computed `import(…)` cannot be judged here; the only ones are loaders of plugins.
  if (typeof specifier !== "string") return;
  const isPackage = !specifier.startsWith(".");
  const absolute = resolve(dirname(context.filename), specifier);
  const message = judgeImport({
    from: fromRoot(context, context.filename),
    target: isPackage ? specifier : fromRoot(context, absolute),
    isPackage,
    isLazy: node.type === "ImportExpression",
    values: valuesOf(node),
  });
  if (message !== undefined) context.report({ node, message });
}

function fromRoot(context: RuleContext, path: string): string {
  return relative(context.cwd, path).split(sep).join("/");
}

function valuesOf(node: ImportNode): readonly string[] {
  if (node.importKind === "type" || node.exportKind === "type") return [];
  if (!node.specifiers || node.specifiers.length === 0) return ["*"];
  return node.specifiers.filter((item) => !isTypeOnly(item)).map(nameOf);
}

function isTypeOnly(item: Specifier): boolean {
  return item.importKind === "type" || item.exportKind === "type";
}

function nameOf(item: Specifier): string {
  if (item.type === "ImportSpecifier") return item.imported?.name ?? item.imported?.value ?? "*";
  if (item.type === "ExportSpecifier") return item.local?.name ?? item.local?.value ?? "*";
  return "*";
}

export default { meta: { name: "cairn" }, rules: { "import-table": importTable } };
