import type { CheckAnnotation, CheckFact } from "../../../core/review/forge/facts.ts";
import { asCheckState } from "../../../core/review/ci-status.ts";
import { plainLogin } from "../../../core/shared/plain-login.ts";
import { redactText } from "../../process/redact.ts";
import { cutFront, type JobLogs } from "./look-logs.ts";
import type { SeenCheckRun, SeenContext } from "./look-shapes.ts";

const EXCERPT_MAX = 4_000;
/** What annotations may take of it: the log says more. */
const ANNOTATIONS_MAX = 1_500;
/** App whose check runs are jobs with logs. */
export const ACTIONS = "github-actions";

/** Check runs and statuses of one commit in the words of the core. */
export async function checksOf(
  contexts: readonly SeenContext[],
  logs: JobLogs,
): Promise<readonly CheckFact[]> {
  const facts: CheckFact[] = [];
  for (const context of contexts)
    facts.push(context.kind === "CheckRun" ? await runFact(context, logs) : statusFact(context));
  return facts;
}

async function runFact(run: SeenCheckRun, logs: JobLogs): Promise<CheckFact> {
  const isOver = run.status === "COMPLETED";
  const conclusion = (isOver ? (run.conclusion ?? "failure") : run.status).toLowerCase();
  const app = run.checkSuite.app?.slug ?? null;
  const state = isOver ? asCheckState(conclusion) : "pending";
  const annotations = (run.annotations?.nodes ?? []).map((one) => ({
    path: one.path,
    line: one.location.start.line,
    level: levelOf(one.annotationLevel),
    message: redactText(one.message),
  }));
  const log = state === "failed" && app === ACTIONS ? await logs.endOf(run.databaseId) : "";
  return {
    name: run.name,
    source: "check",
    app: app === null ? null : plainLogin(app),
    isRequired: run.isRequired,
    state,
    conclusion,
    url: run.detailsUrl,
    title: run.title,
    excerpt: excerptOf([run.title, run.summary, run.text], annotations, log),
    annotations,
  };
}

function statusFact(status: Extract<SeenContext, { kind: "StatusContext" }>): CheckFact {
  return statusOf({ ...status, url: status.targetUrl });
}

/** A commit status, whichever API it was read from. */
export function statusOf(status: {
  readonly context: string;
  readonly state: string;
  readonly description: string | null;
  readonly url: string | null;
  readonly isRequired: boolean | null;
}): CheckFact {
  const conclusion = status.state.toLowerCase();
  return {
    name: status.context,
    source: "status",
    app: null,
    isRequired: status.isRequired,
    state: asCheckState(conclusion),
    conclusion,
    url: status.url,
    title: status.description,
    excerpt: redactText(status.description ?? ""),
    annotations: [],
  };
}

function levelOf(level: string | null): CheckAnnotation["level"] {
  switch (level) {
    case "FAILURE":
      return "failure";
    case "WARNING":
      return "warning";
    default:
      return "notice";
  }
}

/** The log, or what the app wrote where there is none; then the annotations. The ends are kept: they say what happened. */
export function excerptOf(
  written: readonly (string | null)[],
  annotations: readonly CheckAnnotation[],
  log: string,
): string {
  const places = annotations
    .map(({ path, line, message }) => `${path}${line === null ? "" : `:${line}`}: ${message}`)
    .join("\n")
    .slice(0, ANNOTATIONS_MAX);
  const words = redactText(
    written.filter((text) => text !== null && text.trim() !== "").join("\n\n"),
  );
  // A log is the longer story of the same thing; what apps write has marks of theirs at its end.
  const story = log === "" ? words : log;
  const room = EXCERPT_MAX - (places === "" ? 0 : places.length + 2);
  const parts = log === "" ? [places, cutFront(story, room)] : [cutFront(story, room), places];
  return parts.filter((part) => part !== "").join("\n\n");
}
