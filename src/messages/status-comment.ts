import { shortCommit } from "../core/report/words.ts";
import type { Run, Step, StoredStatus, Task } from "../core/run/run.ts";
import { quotedCell, quotedLine } from "./quoted-words.ts";
import { costWords, gatesWords, notWaitedFor, reviewWords, roundsWords } from "./work-words.ts";

/**
 * Body of the one comment of a pull request that Cairn keeps up to date: where its task stands, as a small table, and
 * what it waits for or how it ended. The same state gives the same text.
 */
export function statusComment(run: Run, task: Task): string {
  const rows = rowsOf(run, task).map(([name, value]) => `| ${name} | ${quotedCell(value)} |`);
  const notes = task.notes.map((note) => `- ${quotedLine(note)}`);
  return [
    `**${task.key}: ${statusWords(task)}.** ${sentence(run, task)}`.trim(),
    "",
    "| | |",
    "|---|---|",
    ...rows,
    ...(notes.length === 0 ? [] : ["", ...notes]),
    "",
    "Cairn edits this comment; it posts no other one here.",
    "",
  ].join("\n");
}

const STATUS: Readonly<Record<StoredStatus, string>> = {
  waiting: "waiting",
  running: "at work",
  reviewing: "in review",
  fixing: "being fixed",
  queued: "queued for merging",
  merging: "being merged",
  merged: "merged",
  escalated: "waiting for a person",
  failed: "failed",
  cancelled: "cancelled",
  skipped: "skipped",
};

function statusWords({ status, reason, endedAt }: Task): string {
  return endedAt === null || reason === null ? STATUS[status] : `${STATUS[status]} (${reason})`;
}

function rowsOf(run: Run, task: Task): readonly (readonly [string, string])[] {
  const skipped = notWaitedFor(run, task);
  const attempt = Math.min(task.attemptsFailed + 1, Math.max(run.settings.attempts, 1));
  return [
    ["Attempt", `${attempt} of ${run.settings.attempts}`],
    ["Fix rounds", roundsWords(run, task)],
    ["Gates", gatesWords(run, task)],
    ["Review by Cairn", reviewWords(run, task)],
    ...(run.settings.forge === undefined
      ? []
      : ([
          ["Checks and reviewers", checksWords(task)],
          ["Findings answered", String(task.answered.length)],
        ] as const)),
    ...(skipped.length === 0 ? [] : ([["Not waited for", skipped.join("; ")]] as const)),
    ...(task.followUps.length === 0
      ? []
      : ([["What is left", `is in ${task.followUps.join(", ")}`]] as const)),
    ["Cost", costWords(task)],
  ];
}

function checksWords(task: Task): string {
  if (task.checks === null || task.checks.head !== task.head) return "not seen on this head yet";
  return task.checks.words;
}

/** What it waits for, or how it ended. */
function sentence(run: Run, task: Task): string {
  switch (task.status) {
    case "escalated":
      return questionWords(task);
    case "merged": {
      const as = task.mergedCommit === null ? "" : ` as ${shortCommit(task.mergedCommit)}`;
      const detail = task.detail === null ? "" : ` ${quotedLine(task.detail)}`;
      return `It is on \`${run.settings.integrationBranch}\`${as}.${detail}`;
    }
    case "failed":
    case "cancelled":
    case "skipped":
      return `${quotedLine(task.detail ?? "")} Its branch \`${task.branch}\` is kept.`.trim();
    case "queued":
      return "It is approved and green on this head; it waits for its turn.";
    case "waiting":
      return task.detail === null ? "" : quotedLine(task.detail);
    default:
      return stepWords(task);
  }
}

function questionWords({ question, key }: Task): string {
  if (question === null) return "";
  const { options, default: fallback } = question;
  const answers =
    options.length === 0
      ? `Answer: \`cairn answer ${key} TEXT\`.`
      : `Answers: ${options.map((option) => `\`${option}\``).join(", ")}; the default is \`${fallback}\`.`;
  return `${quotedLine(question.text)} ${answers}`;
}

const STEPS: Readonly<Record<Exclude<Step["at"], "checks" | "review">, string>> = {
  session: "An agent works on it.",
  commit: "What the agent left is being committed.",
  autofix: "The repairing commands run.",
  gates: "Its gates run.",
  proof: "How the work came to be is being proven.",
  "follow-up": "Issues are made for what is left.",
  publish: "It is being published.",
  undraft: "It leaves draft; checks and reviewers are next.",
  "begin-merge": "The base is being merged into it.",
  "give-back": "Its conflict becomes an issue of its own.",
  candidate: "It is being brought onto the newest base.",
  "candidate-gates": "Its gates run on the newest base.",
  "base-gates": "Its gates run on the newest base without it.",
  update: "Its branch is being brought onto the newest base.",
  move: "It is being merged.",
  none: "",
};

function stepWords({ step, checks, head }: Task): string {
  if (step.at === "review") return `Cairn's ${step.stages.join(" and ")} review is under way.`;
  if (step.at !== "checks") return STEPS[step.at];
  const awaited = checks?.head === head ? (checks?.waiting ?? []) : [];
  const names = awaited.map(({ name, isRequired }) => `${name}${isRequired ? " (required)" : ""}`);
  const what = names.length === 0 ? "checks and reviewers" : quotedLine(names.join(", "));
  return `It waits for ${what} on ${shortCommit(step.head)}.`;
}
