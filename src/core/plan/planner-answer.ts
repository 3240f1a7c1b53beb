import { z } from "zod";
import type { TaskKey } from "../shared/names.ts";
import { standingProposals } from "./apply-corrections-checks.ts";
import { keyNames, type KeyNames } from "./corrections-tokens.ts";
import type { Plan, ProposedEdge } from "./plan.ts";

const text = z.string().transform((value) => value.replaceAll(/\s+/g, " ").trim().slice(0, 500));
const key = z.union([z.string(), z.number().transform(String)]);
const edgeSchema = z.object({
  blocker: key,
  dependent: key,
  reason: text.catch(""),
  files: z.array(z.string()).catch([]),
});
const groupSchema = z.object({ keys: z.array(key), reason: text.catch("") });

const answerSchema = z.object({
  edges: z.array(edgeSchema),
  groups: z.array(groupSchema).nullish().catch(null),
  notes: z.array(text).nullish().catch(null),
});
const wordsSchema = z.object({
  corrections: z.array(z.string()),
  unclear: text.nullish().catch(null),
});

/** What a planner wrote, by schema; its keys are not known to exist yet. */
export type PlannerAnswer = z.infer<typeof answerSchema>;
export type WordsAnswer = z.infer<typeof wordsSchema>;

/** JSON Schemas in the strict form that vendors ask for: every key required, none besides. */
export const plannerAnswerSchema = strict({
  edges: list(
    strict({
      blocker: { type: "string" },
      dependent: { type: "string" },
      reason: { type: "string" },
      files: list({ type: "string" }),
    }),
  ),
  groups: list(strict({ keys: list({ type: "string" }), reason: { type: "string" } })),
  notes: list({ type: "string" }),
});
export const wordsAnswerSchema = strict({
  corrections: list({ type: "string" }),
  unclear: { type: ["string", "null"] },
});

/** The first of several values (objects, or texts that end with one) that is a planner's answer; null when none is. */
export function parsePlannerAnswer(candidates: readonly unknown[]): PlannerAnswer | null {
  return firstOf(candidates, answerSchema);
}

export function parseWordsAnswer(candidates: readonly unknown[]): WordsAnswer | null {
  return firstOf(candidates, wordsSchema);
}

export interface CheckedProposal {
  readonly proposed: readonly ProposedEdge[];
  /** What was left out and why, what was suggested besides, and the planner's own notes. */
  readonly notes: readonly string[];
}

/** Edges one issue may get on average; a planner that says more connects everything with everything. */
const EDGES_FOR_EACH = 3;
const EDGES_MAX = 500;
const FILES_MAX = 20;
const NOTES_MAX = 10;

/** Holds an answer against the plan: known open issues, no circle, files that exist or that both issues name. */
export function checkProposal(
  plan: Plan,
  answer: PlannerAnswer,
  isFile: (path: string) => boolean,
): CheckedProposal {
  const names = keyNames(plan.issues);
  const notes: string[] = [];
  const max = Math.min(EDGES_MAX, EDGES_FOR_EACH * plan.issues.length);
  if (answer.edges.length > max)
    notes.push(`${answer.edges.length} edges were proposed; the first ${max} were looked at.`);
  const left: string[] = [];
  const edges = new Map<string, ProposedEdge>();
  for (const said of answer.edges.slice(0, max)) {
    const edge = edgeOf(plan, said, { names, isFile });
    if (typeof edge === "string") left.push(edge);
    else edges.set(JSON.stringify([edge.blocker, edge.dependent]), edge);
  }
  const kept = withoutCircles(plan, [...edges.values()]);
  for (const edge of edges.values())
    if (!kept.includes(edge))
      left.push(`${edge.dependent} after ${edge.blocker}: known already, or a circle`);
  if (left.length > 0) notes.push(`Left out: ${left.slice(0, NOTES_MAX).join("; ")}.`);
  return { proposed: kept, notes: [...notes, ...suggestions(answer, names)] };
}

/** Of edges that close a circle together the earlier ones stay. */
function withoutCircles(plan: Plan, edges: readonly ProposedEdge[]): readonly ProposedEdge[] {
  if (standingProposals(plan.issues, edges).length === edges.length) return edges;
  let kept: readonly ProposedEdge[] = [];
  for (const edge of edges) {
    const next = standingProposals(plan.issues, [...kept, edge]);
    if (next.length > kept.length) kept = next;
  }
  return kept;
}

function edgeOf(
  plan: Plan,
  said: z.infer<typeof edgeSchema>,
  facts: { readonly names: KeyNames; readonly isFile: (path: string) => boolean },
): ProposedEdge | string {
  const [blocker, dependent] = [said.blocker, said.dependent].map((name) =>
    known(name, facts.names),
  );
  const words = `${said.dependent} after ${said.blocker}`.slice(0, 80);
  if (blocker === undefined || dependent === undefined) return `${words}: not in this plan`;
  if (blocker === dependent) return `${words}: an issue cannot wait for itself`;
  const both = [blocker, dependent].map(
    (wanted) => plan.issues.find((issue) => issue.key === wanted)?.files ?? [],
  );
  const files = [...new Set(said.files)].slice(0, FILES_MAX).map((file) => file.slice(0, 200));
  const isShown = (file: string): boolean =>
    facts.isFile(file) || both.every((named) => named.includes(file));
  const strangers = files.filter((file) => !isShown(file));
  const doubt =
    files.length === 0
      ? " (unverified: no file is named)"
      : strangers.length > 0
        ? ` (unverified: there is no ${strangers.slice(0, 3).join(", ")})`
        : "";
  const reason = said.reason === "" ? "No reason was given." : said.reason;
  return { blocker, dependent, reason: `${reason}${doubt}`, files };
}

function known(name: string, names: KeyNames): TaskKey | undefined {
  const keys = names.get(name.trim().toLowerCase());
  return keys?.length === 1 ? keys[0] : undefined;
}

/** Groups are nobody's edges: they are said, with the words that would make them. */
function suggestions({ groups, notes }: PlannerAnswer, names: KeyNames): readonly string[] {
  const said = (groups ?? []).flatMap(({ keys, reason }) => {
    const wanted = [...new Set(keys.flatMap((name) => known(name, names) ?? []))];
    if (wanted.length < 2) return [];
    return [
      `To keep apart what should not run together, say: group ${wanted.join(", ")} (${reason})`,
    ];
  });
  return [...said, ...(notes ?? [])].slice(0, NOTES_MAX);
}

function firstOf<T>(candidates: readonly unknown[], schema: z.ZodType<T>): T | null {
  for (const candidate of candidates) {
    for (const value of typeof candidate === "string" ? jsonIn(candidate) : [candidate]) {
      const read = schema.safeParse(value);
      if (read.success) return read.data;
    }
  }
  return null;
}

/** Longer words are no answer of a planner. */
const TEXT_MAX = 400_000;
const TRIES_MAX = 50;

/** Every JSON object that could be meant as the answer, the last one first. */
function jsonIn(words: string): readonly unknown[] {
  const end = words.slice(-TEXT_MAX);
  const blocks = end.split("```").flatMap((part, index) => (index % 2 === 1 ? [part] : []));
  const candidates = [end, ...blocks.map((part) => part.replace(/^json\s/u, "")).toReversed()];
  return [...candidates.flatMap(parsed), ...lastObject(end)];
}

/** The longest text from one of the first `{` to the last `}` that is JSON. */
function lastObject(words: string): readonly unknown[] {
  const end = words.lastIndexOf("}") + 1;
  let at = words.indexOf("{");
  for (let tries = 0; at >= 0 && at < end && tries < TRIES_MAX; tries += 1) {
    const value = parsed(words.slice(at, end));
    if (value.length > 0) return value;
    at = words.indexOf("{", at + 1);
  }
  return [];
}

function parsed(words: string): readonly unknown[] {
  const piece = words.trim();
  if (!piece.startsWith("{")) return [];
  try {
    return [JSON.parse(piece)];
  } catch {
    return [];
  }
}

function list(items: object): object {
  return { type: "array", items };
}

function strict(properties: Readonly<Record<string, object>>): object {
  return {
    type: "object",
    properties,
    required: Object.keys(properties),
    additionalProperties: false,
  };
}
