import { z } from "zod";
import type { Issue, Place } from "../../../core/plan/issue.ts";
import { readCriteria } from "../criteria.ts";

const Id = z
  .string("must be text")
  .trim()
  .regex(/^[\w][\w./-]{0,99}$/u, "must be one short word");
const Words = z
  .string("must be text")
  .nullish()
  .transform((words) => (words ?? "").trim());
const Word = z
  .string("must be a word")
  .nullish()
  .transform((word) => (word ?? "").trim().toLowerCase().replaceAll("-", "_"));

const Dependency = z
  .object(
    {
      depends_on_id: z.string("must be text").trim().min(1, "is empty"),
      type: Word,
      dep_type: Word,
    },
    "must be an object",
  )
  .transform((dependency) => ({
    id: dependency.depends_on_id,
    type: dependency.type || dependency.dep_type || "blocks",
  }));

/** One line of the file, as far as a plan needs it. */
export const Bead = z.object(
  {
    id: Id,
    title: z.string("must be text").trim().min(1, "is empty"),
    description: Words,
    design: Words,
    acceptance_criteria: Words,
    notes: Words,
    status: Word,
    priority: z.number("must be a number from 0 to 4").nullish(),
    issue_type: Word,
    labels: z
      .array(z.string("must be text"), "must be a list")
      .nullish()
      .transform((labels) => labels ?? []),
    dependencies: z
      .array(Dependency, "must be a list")
      .nullish()
      .transform((dependencies) => dependencies ?? []),
    close_reason: Words,
    estimated_minutes: z.number("must be a number").nullish(),
    deleted_at: z.unknown().optional(),
    ephemeral: z.unknown().optional(),
    is_template: z.unknown().optional(),
  },
  "must be an object",
);
export type Bead = z.infer<typeof Bead>;

/** A bead with the line it stands on. */
export interface PlacedBead {
  readonly bead: Bead;
  readonly place: Place;
}

/** Why a bead is nobody's work; null when it is work. */
export function notWork(bead: Bead): "deleted" | "record" | null {
  if (bead.status === "tombstone" || (bead.deleted_at !== undefined && bead.deleted_at !== null))
    return "deleted";
  const isRecord =
    RECORDS.has(bead.issue_type) ||
    bead.status === "pinned" ||
    bead.ephemeral === true ||
    bead.is_template === true;
  return isRecord ? "record" : null;
}

/** What beads keeps for itself: traces, messages, roles. */
const RECORDS: ReadonlySet<string> = new Set([
  "agent",
  "convoy",
  "event",
  "gate",
  "message",
  "molecule",
  "role",
  "slot",
  "wisp",
]);

/** An issue without its declarations. */
export function toIssue({ bead, place }: PlacedBead): Issue {
  const minutes = bead.estimated_minutes ?? 0;
  return {
    key: bead.id,
    number: bead.id,
    title: bead.title,
    body: bodyOf(bead),
    ...stateOf(bead),
    labels: [...new Set(bead.labels.map((label) => label.trim()))].filter((label) => label !== ""),
    priority: priorityOf(bead.priority),
    type: "CODING",
    url: null,
    files: [],
    acceptanceCriteria: readCriteria(bead.acceptance_criteria),
    declarations: [],
    statesDependencies: true,
    // Free words about others are no edges here: the file has a place for those.
    edgesAreGiven: true,
    place,
    ...(Number.isFinite(minutes) && minutes > 0 ? { minutes: Math.min(minutes, 100_000) } : {}),
  };
}

function bodyOf(bead: Bead): string {
  const design = bead.design === "" ? "" : `## Design\n\n${bead.design}`;
  const notes = bead.notes === "" ? "" : `## Notes\n\n${bead.notes}`;
  return [bead.description, design, notes].filter((part) => part !== "").join("\n\n");
}

function stateOf(bead: Bead): Pick<Issue, "state" | "closedAs"> {
  if (bead.status === "deferred") return { state: "closed", closedAs: "not-planned" };
  if (bead.status !== "closed") return { state: "open", closedAs: null };
  const reason = bead.close_reason.slice(0, 1000);
  // A sentence about the work may hold these words too; they count where the reason begins with them.
  if (/^\W*(?:closed? as (?:a )?|is a |exact )?(?:duplicates?|dupe|superseded)\b/iu.test(reason))
    return { state: "closed", closedAs: "duplicate" };
  const isRefused =
    /^\W*(?:closed? as )?(?:won['’]?t[\s-]*(?:fix|do)|will not (?:fix|do)|wontfix|not planned|cancell?ed|abandoned|obsolete|invalid|declined|rejected|out of scope|no longer (?:needed|relevant|planned))/iu.test(
      reason,
    );
  return { state: "closed", closedAs: isRefused ? "not-planned" : "completed" };
}

function priorityOf(priority: number | null | undefined): Issue["priority"] {
  if (priority === null || priority === undefined || !(priority >= 0)) return null;
  if (priority < 1) return "P0";
  return priority < 2 ? "P1" : "P2";
}
