import type { CreatedOnForge } from "../../composition/create-milestone.ts";
import { plural } from "../../core/report/words.ts";
import { drawable, paint, type Look } from "./look.ts";
import { oneLine, padEnd } from "./text-width.ts";

type Outcome = CreatedOnForge["issues"][number]["outcome"];

/** Done, and what a dry run says in its place. */
const WORDS: Readonly<Record<Outcome, readonly [string, string]>> = {
  created: ["new", "new"],
  updated: ["updated", "to update"],
  unchanged: ["as it is", "as it is"],
  edited: ["edited", "edited"],
  taken: ["by hand", "by hand"],
  closed: ["closed", "closed"],
};
const WORD_WIDTH = 10;

/** What `cairn create` did or would do, one line for each issue; addresses are never cut. Without a line end. */
export function renderCreated(created: CreatedOnForge, dryRun: boolean, look: Look): string {
  const { title, url, outcome, isClosed, repository } = created;
  const is = isClosed ? "there, closed" : outcome === "found" ? "there" : "new";
  const lines = [
    paint(look, "bold", text(look, title)),
    [`milestone of ${repository}, ${is}`, ...(url === null ? [] : [url])].join("  "),
    "",
    ...created.issues.map((issue) => issueLine(issue, dryRun, look)),
    "",
    ...labelLines(created, dryRun, look),
    ...noteLines(created).map((line) => text(look, line)),
    summary(created, dryRun),
  ];
  return lines.join("\n");
}

function issueLine(issue: CreatedOnForge["issues"][number], dryRun: boolean, look: Look): string {
  const [done, would] = WORDS[issue.outcome];
  const word = padEnd(dryRun ? would : done, WORD_WIDTH);
  const number = issue.number === null ? "" : ` #${issue.number}`;
  const waits = issue.newBlockers.length === 0 ? "" : `, waits for ${issue.newBlockers.join(", ")}`;
  const said = text(look, `${issue.key}${number} ${issue.title}${waits}`);
  const style = issue.outcome === "created" || issue.outcome === "updated" ? "green" : "dim";
  const url = issue.url === null ? "" : `  ${issue.url}`;
  return `  ${paint(look, style, word)}${said}${url}`;
}

function labelLines({ labels }: CreatedOnForge, dryRun: boolean, look: Look): readonly string[] {
  if (labels.length === 0) return [];
  const verb = dryRun ? "Labels to make" : "Labels made";
  return [text(look, `${verb}: ${labels.join(", ")}`)];
}

function noteLines({ issues, edges, leftOut }: CreatedOnForge): readonly string[] {
  const edited = issues.filter(({ outcome }) => outcome === "edited").map(({ key }) => key);
  const taken = issues.filter(({ outcome }) => outcome === "taken").map(({ key }) => key);
  return [
    ...(edited.length === 0
      ? []
      : [`A person has edited ${edited.join(", ")}: text and labels stay as they are there.`]),
    ...(taken.length === 0
      ? []
      : [`${taken.join(", ")}: an issue of that title is there already; its text stays.`]),
    ...(edges === "native"
      ? []
      : ["GitHub here knows no edges between issues: their texts say `Depends on: #N`."]),
    ...leftOut.map((one) => `Left out: ${one}`),
  ];
}

function summary({ writes, issues }: CreatedOnForge, dryRun: boolean): string {
  if (writes === 0) return "Everything is there already: nothing was written.";
  const count = `${plural(issues.length, "issue")}, ${plural(writes, "write")}`;
  return dryRun ? `Nothing was written; without --dry-run: ${count}.` : `Done: ${count}.`;
}

function text(look: Look, words: string): string {
  return drawable(look, oneLine(words));
}
