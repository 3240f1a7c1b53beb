import type { Issue, Milestone, PlanFinding } from "../../../core/plan/issue.ts";
import { UserError } from "../../../errors.ts";
import type { ProgressFile, Source } from "../../../ports/source.ts";
import { applyEdits, editMember } from "../json-edit.ts";
import type { Edit } from "../json-edit.ts";
import { createPlaces, nodeAt, readJsonTree } from "../json-tree.ts";
import type { JsonNode } from "../json-tree.ts";
import { readPlanFile, slugOf } from "../text-file.ts";
import type { TextFile } from "../text-file.ts";
import { namesOf, Task, toIssue } from "./read-task.ts";
import { findTasks, splitReference } from "./task-list.ts";
import type { TaskList } from "./task-list.ts";

export interface TaskMasterSourceSettings {
  /** Folder of the repository. */
  readonly root: string;
}

/**
 * Reads Task Master's `tasks.json`, with tags (`tasks.json#auth`) or without. Tasks are issues, their subtasks are
 * steps of them.
 */
export function createTaskMasterSource({ root }: TaskMasterSourceSettings): Source {
  return {
    kind: "task-master",
    read: async (reference) => {
      const asked = splitReference(reference);
      const file = await readPlanFile(root, asked.path);
      return toMilestone(file, asked.tag);
    },
  };
}

function toMilestone(file: TextFile, tag: string | null): Milestone {
  const tree = readTree(file);
  const list = findTasks(JSON.parse(file.text) as unknown, { path: file.reference, tag });
  if (list.tasks.length === 0) throw empty(file, list);
  const { issues, findings } = readTasks(file, tree, list);
  const name = projectName(list.about);
  // The tag that everybody begins with says nothing.
  const topic = list.tag === "master" ? null : list.tag;
  return {
    source: { kind: "task-master", reference: referenceOf(file, list) },
    title: name ?? topic ?? "Task Master",
    number: topic === null ? "task-master" : `task-master-${slugOf(topic)}`,
    url: null,
    issues,
    documents: [],
    handoff: null,
    findings,
  };
}

function referenceOf(file: TextFile, list: TaskList): string {
  return list.tag === null ? file.reference : `${file.reference}#${list.tag}`;
}

function readTree(file: TextFile): JsonNode {
  const tree = readJsonTree(file.text);
  if (tree.kind !== "defect") return tree;
  const { line, column } = createPlaces(file.text)(tree.offset);
  throw new UserError(
    "source/bad-json",
    `${file.reference}:${line}:${column}: this is not JSON: ${tree.message}.`,
    { hints: ["Correct it there, or have Task Master write the file again."] },
  );
}

function readTasks(
  file: TextFile,
  tree: JsonNode,
  list: TaskList,
): { readonly issues: readonly Issue[]; readonly findings: readonly PlanFinding[] } {
  const places = createPlaces(file.text);
  const placeOf = (path: readonly PropertyKey[]) => ({
    file: file.reference,
    ...places(nodeAt(tree, [...list.path, ...path]).start),
  });
  const read = list.tasks.map((entry) => Task.safeParse(entry));
  const names = namesOf(read.flatMap((task) => (task.success ? [task.data] : [])));
  const issues: Issue[] = [];
  const findings: PlanFinding[] = [];
  for (const [index, task] of read.entries()) {
    if (!task.success) {
      const defects = task.error.issues;
      findings.push(...defects.map(({ path, message }) => badTask(index, path, message, placeOf)));
      continue;
    }
    const answer = toIssue(task.data, (path) => placeOf([index, ...path]), names);
    issues.push(answer.issue);
    findings.push(...answer.findings);
  }
  return { issues, findings };
}

function badTask(
  index: number,
  path: readonly PropertyKey[],
  message: string,
  placeOf: (path: readonly PropertyKey[]) => Pick<PlanFinding, "file" | "line" | "column">,
): PlanFinding {
  const field = path.map(String).join(".");
  return {
    code: "source/bad-issue",
    severity: "critical",
    ...placeOf([index, ...path]),
    message: `Task ${index + 1} of the list: ${field === "" ? "" : `${field} `}${message}. It is not in the plan.`,
    hint: 'A task is {"id": 1, "title": "…", "status": "pending", "dependencies": [], "priority": "high"}.',
  };
}

function empty(file: TextFile, list: TaskList): UserError {
  const where = list.tag === null ? "" : ` under the tag ${list.tag.slice(0, 80)}`;
  return new UserError("source/empty", `${file.reference} has no tasks${where}.`, {
    hints: ["Add some, or name another file or tag: cairn run tasks.json#tag"],
  });
}

function projectName(about: unknown): string | null {
  if (typeof about !== "object" || about === null || !("projectName" in about)) return null;
  const { projectName: name } = about;
  return typeof name === "string" && name.trim() !== "" ? name.trim().slice(0, 200) : null;
}

/** Sets `"status": "done"` in a `tasks.json`, in its own spacing. Other marks have no word there that a run may write. */
export function taskMasterProgress(reference: string): ProgressFile {
  const asked = splitReference(reference);
  return {
    path: asked.path,
    mark: (text, marks) => {
      const offset = text.startsWith("\uFEFF") ? 1 : 0;
      const json = text.slice(offset);
      const tree = readJsonTree(json);
      if (tree.kind === "defect") return null;
      const done = new Set([...marks].flatMap(([key, mark]) => (mark === "done" ? [key] : [])));
      const edits: Edit[] = [];
      for (const { task, node } of tasksIn(json, tree, asked)) {
        // Of two tasks with one number the plan has the first.
        if (!done.delete(task.id) || /^(?:done|completed)$/u.test(task.status)) continue;
        const edit = editMember(json, node, "status", "done");
        if (edit !== null) edits.push(edit);
      }
      return edits.length === 0 ? null : text.slice(0, offset) + applyEdits(json, edits);
    },
  };
}

export interface PlacedTask {
  readonly task: Task;
  readonly node: JsonNode;
}

/** The tasks that are in the plan, with their places. */
export function tasksIn(
  json: string,
  tree: JsonNode,
  asked: ReturnType<typeof splitReference>,
): readonly PlacedTask[] {
  const list = listIn(json, asked);
  return (list?.tasks ?? []).flatMap((entry, index) => {
    const read = Task.safeParse(entry);
    const node = nodeAt(tree, [...(list?.path ?? []), index]);
    return read.success ? [{ task: read.data, node }] : [];
  });
}

function listIn(json: string, asked: ReturnType<typeof splitReference>): TaskList | null {
  try {
    return findTasks(JSON.parse(json) as unknown, asked);
  } catch {
    // The file has changed its shape since it was read: nothing in it is known to be this run's.
    return null;
  }
}
