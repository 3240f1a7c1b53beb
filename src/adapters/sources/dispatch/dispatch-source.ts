import { asMilestone } from "../../../core/plan/dispatch-plan-milestone.ts";
import type { Milestone, PlanFinding, SourceKind } from "../../../core/plan/issue.ts";
import { UserError } from "../../../errors.ts";
import type { Source } from "../../../ports/source.ts";
import { readPlanFile } from "../text-file.ts";
import { isDispatchTree, readDocument } from "./read-document.ts";
import { readYamlTree } from "./yaml-tree.ts";
import type { YamlDefect } from "./yaml-tree.ts";

export interface DispatchSourceSettings {
  /** Folder of the repository. */
  readonly root: string;
  /** Reads what a dispatch plan was made of; `reference` is taken from the root. Absent: texts are those of the file. */
  readonly readSource?: (kind: SourceKind, reference: string) => Promise<Milestone>;
}

/**
 * Reads dispatch plans (YAML). Texts and states come from the source that the plan names, and what changed there since
 * is told; edges, groups and waves are the plan's.
 */
export function createDispatchSource({ root, readSource }: DispatchSourceSettings): Source {
  return {
    kind: "dispatch",
    read: async (written) => {
      const { reference, text } = await readPlanFile(root, written);
      const { root: tree, defects } = readYamlTree(reference, text);
      if (!isDispatchTree(tree)) throw noDispatchPlan(reference, defects);
      const document = readDocument(reference, tree);
      const hasItems = document.waves.some(({ items }) => items.length > 0);
      if (!hasItems) throw noItems(reference, [...defects.map(yamlFinding), ...document.findings]);
      const truth =
        document.source === null || readSource === undefined
          ? null
          : await truthOf(reference, document.source, readSource);
      // Behind a broken place everything may look wrong: the place alone is worth telling.
      const findings = defects.length > 0 ? defects.map(yamlFinding) : document.findings;
      return asMilestone({ ...document, findings }, truth);
    },
  };
}

async function truthOf(
  file: string,
  { kind, reference }: { readonly kind: SourceKind; readonly reference: string },
  readSource: NonNullable<DispatchSourceSettings["readSource"]>,
): Promise<Milestone> {
  try {
    return await readSource(kind, reference);
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    throw new UserError(
      error.code,
      `${file} is made of ${reference}, which cannot be read: ${error.message}`,
      { hints: [...error.hints, `Or correct \`source\` in ${file}.`], cause: error },
    );
  }
}

function yamlFinding({ place, message }: YamlDefect): PlanFinding {
  return {
    code: "dispatch/yaml",
    severity: "critical",
    ...place,
    message: `This is not YAML: ${message.replace(/\.$/u, "")}.`,
    hint: "Correct it there; what comes behind it may be read wrongly until then.",
  };
}

function noDispatchPlan(file: string, defects: readonly YamlDefect[]): UserError {
  const [first] = defects;
  const quote = defects.map(yamlFinding).map(placed).join("\n");
  if (first !== undefined) {
    return new UserError("source/bad-yaml", `${file} cannot be read as YAML.`, {
      quote,
      hints: ["Correct it there, or write the plan again: cairn plan SOURCE --output FILE"],
    });
  }
  return new UserError("source/no-dispatch", `${file} is no dispatch plan: it has no \`waves\`.`, {
    hints: ["Write one: cairn plan SOURCE --output FILE"],
  });
}

function noItems(file: string, findings: readonly PlanFinding[]): UserError {
  return new UserError("source/no-tasks", `No wave of ${file} has an item that can be read.`, {
    ...(findings.length === 0 ? {} : { quote: findings.map(placed).join("\n") }),
    hints: ["An item is `- {issue: 153, title: Log in, depends_on: []}` below `items` of a wave."],
  });
}

function placed({ file, line, column, message }: PlanFinding): string {
  return `${file ?? ""}:${line ?? 1}:${column ?? 1}: ${message}`;
}
