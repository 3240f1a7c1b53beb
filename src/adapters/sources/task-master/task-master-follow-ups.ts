import { parseFollowUpOf } from "../../../core/plan/follow-up-line.ts";
import type { NamedFollowUp } from "../../../core/run/follow-ups.ts";
import type { FollowUpFiles } from "../../../ports/source.ts";
import { appendItem, applyEdits, insertBehind } from "../json-edit.ts";
import type { Edit } from "../json-edit.ts";
import { memberOf, readJsonTree } from "../json-tree.ts";
import { splitReference } from "./task-list.ts";
import { tasksIn } from "./task-master-source.ts";
import type { PlacedTask } from "./task-master-source.ts";

/** Writes follow-ups into a `tasks.json`, behind the task whose rest it is; Task Master knows tasks by whole numbers. */
export function taskMasterFollowUps(reference: string): FollowUpFiles {
  const asked = splitReference(reference);
  return {
    nameFor: (of, taken) => {
      const numbers = [of, ...taken].map((key) => (/^\d{1,9}$/u.test(key) ? Number(key) : 0));
      const key = String(Math.max(...numbers) + 1);
      return { key, number: key, url: null };
    },
    edits: (followUp) => [
      {
        path: asked.path,
        edit: (text) => (text === null ? null : withTask(text, asked, followUp)),
      },
    ],
  };
}

function withTask(
  text: string,
  asked: ReturnType<typeof splitReference>,
  followUp: NamedFollowUp,
): string | null {
  const offset = text.startsWith("\uFEFF") ? 1 : 0;
  const json = text.slice(offset);
  const tree = readJsonTree(json);
  if (tree.kind === "defect") return null;
  const tasks = tasksIn(json, tree, asked);
  const there = tasks.find(({ task }) => task.id === followUp.key);
  const original = tasks.find(({ task }) => task.id === followUp.of);
  if (there !== undefined) return parseFollowUpOf(there.task.details) === followUp.of ? text : null;
  if (original === undefined) return null;
  const asNumber = /^\d/u.test(json.slice(memberOf(original.node, "id")?.value.start ?? 0));
  const idOf = (key: string): number | string => (asNumber ? Number(key) : key);
  const edits = [
    insertBehind(json, original.node, taskFor(followUp, idOf)),
    ...followUp.dependents.flatMap((key) => waitsToo(json, tasks, key, idOf(followUp.key))),
  ];
  return text.slice(0, offset) + applyEdits(json, edits);
}

/** What waits for the whole has the part among its dependencies, itself or by a step of it. */
function waitsToo(
  json: string,
  tasks: readonly PlacedTask[],
  dependent: string,
  id: number | string,
): readonly Edit[] {
  const placed = tasks.find(({ task }) => task.id === dependent);
  const edit = appendItem(json, memberOf(placed?.node, "dependencies")?.value, id);
  return edit === null ? [] : [edit];
}

const PRIORITIES = { P0: "high", P1: "medium", P2: "low" } as const;

function taskFor(followUp: NamedFollowUp, idOf: (key: string) => number | string): unknown {
  const { key, of, title, body, priority, acceptanceCriteria } = followUp;
  return {
    id: idOf(key),
    title,
    description: `What is left of task ${of}.`,
    details: body,
    testStrategy: acceptanceCriteria.map((criterion) => `- ${criterion}`).join("\n"),
    status: "pending",
    dependencies: [idOf(of)],
    priority: priority === null ? "medium" : PRIORITIES[priority],
    subtasks: [],
  };
}
