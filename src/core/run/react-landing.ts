import type { PullRequestFacts } from "../review/forge/facts.ts";
import { judgePullRequest } from "../review/judge-pull-request.ts";
import type { Instant } from "../shared/names.ts";
import type { RunEvent } from "./events.ts";
import type { Run } from "./run.ts";

/** News of the pull request by which a person lands the milestone: green is handed over, anything else is refused with words. */
export function reactToLandingNews(
  run: Run,
  facts: PullRequestFacts,
  now: Instant,
): readonly RunEvent[] {
  const { forge } = run.settings;
  const opened = run.landingPullRequest;
  if (run.status !== "landing" || forge === undefined || opened === null) return [];
  // Cairn itself is landing, by a person's word: what comes of that is told by its receipt.
  if (run.landing !== null) return [];
  const where = `Pull request #${facts.number}`;
  const who = facts.endedBy ?? "somebody";
  // What is on the target already is found there, and tidied up after.
  if (facts.state === "merged")
    return run.landing === null ? [{ type: "LandRequested", by: who, partial: false }] : [];
  if (facts.state === "closed")
    return [
      { type: "LandingRefused", why: `${where}, which lands the milestone, was closed by ${who}.` },
    ];
  if (facts.head !== opened.head) return [];
  if (facts.mergeable === "conflict")
    return [
      { type: "LandingRefused", why: `${where} conflicts with ${run.settings.target} by now.` },
    ];
  const verdict = judgePullRequest(facts, forge, { since: opened.since, now, answered: new Set() });
  const red = verdict.critical.find((finding) => finding.source === "ci");
  if (red !== undefined)
    return [
      { type: "LandingRefused", why: `${where} is red: ${red.message.split("\n")[0] ?? ""}` },
    ];
  if (verdict.ci.state !== "passed" && verdict.ci.state !== "none") return [];
  return [
    {
      type: "LandingHandedOver",
      how: handedOver(
        run,
        verdict.ci.state === "passed" ? "is green and open" : `is open (${verdict.ci.words})`,
      ),
    },
  ];
}

/** The sentence a run ends with whose landing is a person's. */
export function handedOver(run: Run, how: string): string {
  const { number, url } = run.landingPullRequest ?? { number: 0, url: null };
  return `Pull request #${number} ${how}; merging it lands the milestone${url === null ? "" : `: ${url}`}`;
}
