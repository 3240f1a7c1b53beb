import { UserError } from "../../errors.ts";
import type { TaskKey } from "../shared/names.ts";
import { asCode, textOnForge } from "./create-plan-text.ts";
import { sha256 } from "./fingerprint.ts";
import { topological, buildGraph } from "./graph.ts";
import type { Blocker, Plan, PlannedIssue } from "./plan.ts";
import { readDependencies } from "./read-dependencies.ts";

/** A milestone as a forge is to have it. */
export interface DesiredMilestone {
  readonly title: string;
  readonly description: string;
  /** Open issues of the plan, blockers first: a text can name the numbers of those before it. */
  readonly issues: readonly DesiredIssue[];
  /** Every label of them, once. */
  readonly labels: readonly string[];
  /** What of the plan does not come along, in sentences for a person. */
  readonly leftOut: readonly string[];
}

export interface DesiredIssue {
  readonly key: TaskKey;
  readonly title: string;
  readonly labels: readonly string[];
  /** Done ones too: they may have been made before they were done. */
  readonly blockers: readonly Blocker[];
  /** Its text with the hidden marker; `named` are the edges that the text has to say, as the forge's own cannot. */
  bodyWith(named: NamedEdges): string;
}

/** Numbers of issues on the forge that a text names as what its own waits for. */
export interface NamedEdges {
  readonly hard: readonly number[];
  readonly soft: readonly number[];
  /** The forge's own edges say more, or nothing is known yet: the text does not claim that there are none. */
  readonly more: boolean;
}

export interface DesiredOptions {
  /** Null: the plan's own. */
  readonly title: string | null;
  /** Takes secrets out of a text. */
  readonly redact: (text: string) => string;
}

// Limits of GitHub; what is longer is refused there as a whole.
const TITLE_MAX = 250;
const LABEL_MAX = 50;
const BODY_MAX = 60_000;
const DIGITS = 16;

/**
 * What a forge is to hold so that a milestone there says what this plan says.
 * @throws UserError `create/already-there` for a plan that was read from a forge, `create/critical` for one that a run
 * would not start from, `create/nothing` for one without an open issue.
 */
export function desiredMilestone(plan: Plan, options: DesiredOptions): DesiredMilestone {
  refuse(plan);
  const open = inOrder(plan.issues.filter((issue) => issue.state === "open" && !issue.done));
  if (open.length === 0)
    throw new UserError("create/nothing", `Every issue of ${plan.source.reference} is done.`, {
      hints: [`See them: cairn plan ${plan.source.reference}`],
    });
  const title = cut(options.redact(options.title ?? plan.milestone.title).trim(), TITLE_MAX);
  const issues = open.map((issue) => desired(issue, plan, options));
  const done = plan.issues.length - open.length;
  const long = new Set(open.flatMap(({ labels }) => labels.filter((label) => !isLabel(label))));
  return {
    title,
    description: `Made by Cairn from ${plan.source.reference}.`,
    issues,
    labels: [...new Set(issues.flatMap(({ labels }) => labels))],
    leftOut: [
      ...(done === 0
        ? []
        : [`${done === 1 ? "One issue is" : `${done} issues are`} done already.`]),
      ...[...long].map((label) => `The label "${cut(label, 60)}" is longer than GitHub takes.`),
    ],
  };
}

function refuse(plan: Plan): void {
  const { source, findings } = plan;
  if (source.kind === "github" || source.truth?.kind === "github")
    throw new UserError("create/already-there", `${source.reference} is on GitHub already.`, {
      hints: [`Bring it home: cairn run ${source.reference}`],
    });
  const critical = findings.filter(({ severity }) => severity === "critical");
  if (critical.length === 0) return;
  throw new UserError(
    "create/critical",
    `${source.reference} has ${critical.length === 1 ? "a critical finding" : `${critical.length} critical findings`}; on GitHub it would be the same.`,
    {
      hints: [
        ...critical.slice(0, 5).map(({ message, hint }) => `${message} ${hint}`),
        `See all: cairn plan ${source.reference}`,
      ],
    },
  );
}

/** Source order, as far as blockers, soft ones too, come before what waits for them. */
function inOrder(issues: readonly PlannedIssue[]): readonly PlannedIssue[] {
  const index = new Map(issues.map(({ key }, at) => [key, at]));
  const edges = issues.flatMap(({ blockers }, dependent) =>
    blockers.flatMap(({ key }) => {
      const blocker = index.get(key);
      return blocker === undefined ? [] : [[blocker, dependent] as const];
    }),
  );
  const hard = edges.filter(([blocker, dependent]) => {
    const key = issues[blocker]?.key;
    return issues[dependent]?.blockers.some((one) => one.key === key && one.strength === "hard");
  });
  const whole = orderOf(issues, edges);
  // Soft edges may run in a circle; hard ones do not, or the plan would have been refused.
  return whole.length === issues.length ? whole : orderOf(issues, hard);
}

function orderOf(
  issues: readonly PlannedIssue[],
  edges: readonly (readonly [number, number])[],
): readonly PlannedIssue[] {
  return topological(buildGraph(issues.length, edges)).order.flatMap((at) => issues[at] ?? []);
}

function desired(issue: PlannedIssue, plan: Plan, { redact }: DesiredOptions): DesiredIssue {
  const { key, blockers } = issue;
  const labels = issue.labels.filter(isLabel);
  const title = cut(redact(issue.title).trim(), TITLE_MAX);
  const text = redact(textOnForge(issue));
  const saysNone = issue.statesDependencies && !readDependencies(text).statesBlockers;
  const from = `From ${asCode(plan.source.reference)}: ${asCode(key)}`;
  const whole =
    text.length <= BODY_MAX
      ? text
      : `${cut(text, BODY_MAX)}\n\nThe text is longer than GitHub takes; its end is only in ${plan.source.reference}.`;
  return {
    key,
    title,
    labels,
    blockers,
    bodyWith: (named) => {
      const parts = [whole, edgeLines(named, saysNone), from].filter((part) => part !== "");
      return marked(key, title, parts.join("\n\n"), labels);
    },
  };
}

function edgeLines({ hard, soft, more }: NamedEdges, saysNone: boolean): string {
  return [
    ...(hard.length === 0 ? [] : [`**Depends on:** ${numbers(hard)}`]),
    ...(hard.length === 0 && !more && saysNone ? ["**Depends on:** none"] : []),
    ...(soft.length === 0 ? [] : [`**Soft dependency:** ${numbers(soft)}`]),
  ].join("\n");
}

function numbers(list: readonly number[]): string {
  return list.map((one) => `#${one}`).join(", ");
}

/** What the hidden marker of an issue says. */
export interface IssueMark {
  readonly key: TaskKey;
  /** True while title and text are as Cairn wrote them. */
  readonly isAsWritten: boolean;
}

const MARK = /\s*<!-- cairn:issue:(\S+) text=([0-9a-f]+) labels=[0-9a-f]+ -->/u;

/** Reads the marker in an issue's text, wherever a person has moved it; null: Cairn did not make it. */
export function parseIssueMark(title: string, body: string): IssueMark | null {
  const found = MARK.exec(body);
  if (found === null) return null;
  const [, key = "", digest] = found;
  try {
    const isAsWritten = digestOf(title, body.replace(MARK, "")) === digest;
    return { key: decodeURIComponent(key), isAsWritten };
  } catch {
    // No name that was written here.
    return null;
  }
}

/** True where two texts are the same to a forge, which may have its own line ends. */
export function isSameText(a: string, b: string): boolean {
  return plain(a) === plain(b);
}

/** The labels are part of it so that their change is one of the text, and a person's own labels are none. */
function marked(key: TaskKey, title: string, text: string, labels: readonly string[]): string {
  // A comment ends at `-->`, and may hold no `--` for strict readers.
  const name = encodeURIComponent(key).replaceAll("-", "%2D");
  const of = labels.map((label) => label.toLowerCase()).toSorted();
  return `${text}\n\n<!-- cairn:issue:${name} text=${digestOf(title, text)} labels=${sha256(JSON.stringify(of)).slice(0, DIGITS)} -->`;
}

function digestOf(title: string, text: string): string {
  return sha256(JSON.stringify([title.trim(), plain(text)])).slice(0, DIGITS);
}

function plain(text: string): string {
  return text.replaceAll(/\r\n?/gu, "\n").trim();
}

function isLabel(label: string): boolean {
  return label.length <= LABEL_MAX;
}

/** At most so many characters, none of them cut in two. */
function cut(text: string, max: number): string {
  if (text.length <= max) return text;
  return `${text.slice(0, max - 1).replace(/[\u{d800}-\u{dbff}]$/u, "")}…`;
}
