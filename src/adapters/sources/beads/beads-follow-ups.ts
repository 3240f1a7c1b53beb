import { parseFollowUpOf } from "../../../core/plan/follow-up-line.ts";
import type { NamedFollowUp } from "../../../core/run/follow-ups.ts";
import type { FollowUpFiles } from "../../../ports/source.ts";
import { appendItem, applyEdits } from "../json-edit.ts";
import { memberOf, readJsonTree } from "../json-tree.ts";
import { nextLetterKey } from "../next-letter.ts";
import { beadOn } from "./beads-source.ts";

/** Writes follow-ups into beads' file, as a line behind the issue whose rest it is; times are left to beads. */
export function beadsFollowUps(reference: string): FollowUpFiles {
  return {
    nameFor: (of, taken) => {
      const key = nextLetterKey(of, taken, "");
      return key === null ? null : { key, number: key, url: null };
    },
    edits: (followUp) => [
      { path: reference, edit: (text) => (text === null ? null : withBead(text, followUp)) },
    ],
  };
}

function withBead(text: string, followUp: NamedFollowUp): string | null {
  const { key, of, dependents } = followUp;
  const pieces = text.split(/(\r\n|\n|\r)/u);
  const ids = pieces.map((piece) => beadOn(piece)?.id ?? null);
  const there = ids.indexOf(key);
  const at = ids.indexOf(of);
  if (there >= 0)
    return parseFollowUpOf(beadOn(pieces[there] ?? "")?.description ?? "") === of ? text : null;
  const original = pieces[at];
  if (original === undefined) return null;
  const end = /\r\n|\n|\r/u.exec(text)?.[0] ?? "\n";
  const waiting = new Set(dependents);
  const edited = pieces.map((piece, index) => {
    const id = ids[index] ?? "";
    // Of two lines with one id the plan has the first.
    if (!waiting.delete(id)) return piece;
    return waitsToo(piece, id, key);
  });
  return edited.toSpliced(at + 1, 0, end + JSON.stringify(beadFor(original, followUp))).join("");
}

function waitsToo(line: string, id: string, key: string): string {
  const offset = line.startsWith("\uFEFF") ? 1 : 0;
  const json = line.slice(offset);
  const tree = readJsonTree(json);
  if (tree.kind === "defect") return line;
  const list = memberOf(tree, "dependencies")?.value;
  const edit = appendItem(json, list, edge(id, key));
  return edit === null ? line : line.slice(0, offset) + applyEdits(json, [edit]);
}

function edge(id: string, on: string): unknown {
  return { issue_id: id, depends_on_id: on, type: "blocks" };
}

const PRIORITIES = { P0: 0, P1: 1, P2: 2 } as const;

function beadFor(original: string, followUp: NamedFollowUp): unknown {
  const { key, of, title, body, priority, labels, acceptanceCriteria } = followUp;
  const bead = beadOn(original);
  return {
    id: key,
    title,
    description: body,
    acceptance_criteria: acceptanceCriteria.map((criterion) => `- ${criterion}`).join("\n"),
    status: "open",
    priority: priority === null ? (bead?.priority ?? 2) : PRIORITIES[priority],
    issue_type: bead === null || bead.issue_type === "" ? "task" : bead.issue_type,
    labels,
    dependencies: [edge(key, of)],
  };
}
