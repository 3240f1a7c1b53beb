import { nearestName } from "../../../core/shared/nearest-name.ts";
import { UserError } from "../../../errors.ts";

/** A `tasks.json` as a person may name it: with the tag behind a `#`. */
export interface TaskMasterReference {
  readonly path: string;
  readonly tag: string | null;
}

/** The list of tasks that counts, and the names that lead to it in the file. */
export interface TaskList {
  readonly tasks: readonly unknown[];
  readonly path: readonly string[];
  /** Null in the older format, which has no tags. */
  readonly tag: string | null;
  /** What the file says about the project or the tag. */
  readonly about: unknown;
}

export function splitReference(reference: string): TaskMasterReference {
  const match = /^(.*\.json)#([^#]*)$/iu.exec(reference);
  return { path: match?.[1] ?? reference, tag: match?.[2] ?? null };
}

/**
 * Finds the list: the one of the older format `{"tasks": […]}`, else the one of the tag that was asked for, of the
 * only tag, or of `master`.
 * @throws UserError `source/no-tasks`, `source/unknown-tag`, `source/which-tag`.
 */
export function findTasks(value: unknown, { path, tag }: TaskMasterReference): TaskList {
  const file = asRecord(value);
  const old = file["tasks"];
  if (Array.isArray(old)) {
    if (tag !== null) throw unknownTag(path, tag, []);
    return { tasks: old, path: ["tasks"], tag: null, about: file["metadata"] ?? file["meta"] };
  }
  const tags = Object.entries(file).flatMap(([name, content]) => {
    const { tasks, metadata } = asRecord(content);
    return Array.isArray(tasks) ? [{ name, tasks, metadata }] : [];
  });
  const names = tags.map(({ name }) => name);
  if (tags.length === 0) throw noTasks(path);
  const chosen = tags.find(({ name }) => name === (tag ?? onlyOf(names) ?? "master"));
  if (chosen === undefined)
    throw tag === null ? whichTag(path, names) : unknownTag(path, tag, names);
  const { name, tasks, metadata } = chosen;
  return { tasks, path: [name, "tasks"], tag: name, about: metadata };
}

function asRecord(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value)
    ? Object.fromEntries(Object.entries(value))
    : {};
}

function onlyOf(names: readonly string[]): string | undefined {
  return names.length === 1 ? names[0] : undefined;
}

function noTasks(path: string): UserError {
  return new UserError(
    "source/no-tasks",
    `${path}:1:1: this is JSON, but holds neither a list of issues nor Task Master's tasks.`,
    {
      hints: [
        'Task Master writes {"master": {"tasks": […]}} or {"tasks": […]}; a list of issues is written by `gh issue list --json number,title,body,state,labels`.',
      ],
    },
  );
}

function whichTag(path: string, names: readonly string[]): UserError {
  return new UserError("source/which-tag", `${path} has several tags: ${list(names)}.`, {
    hints: [`Name one of them: cairn run ${path}#${names[0] ?? ""}`],
  });
}

function unknownTag(path: string, tag: string, names: readonly string[]): UserError {
  const near = nearestName(tag, names);
  const has = names.length === 0 ? "it has no tags" : `it has ${list(names)}`;
  return new UserError("source/unknown-tag", `${path} has no tag ${tag.slice(0, 80)}; ${has}.`, {
    hints: [
      near === null ? `Leave the tag out: cairn run ${path}` : `Did you mean ${path}#${near}?`,
    ],
  });
}

function list(names: readonly string[]): string {
  const shown = names.slice(0, 10).map((name) => name.slice(0, 80));
  return `${shown.join(", ")}${names.length > 10 ? ` and ${names.length - 10} more` : ""}`;
}
