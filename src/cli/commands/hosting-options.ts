import type { CommandOption } from "../command-module.ts";

/** Flags of every command that hosts an engine. */
export const HOSTING_OPTIONS: readonly CommandOption[] = [
  {
    flags: "--parallel <n>",
    meaning: "Let this many agent sessions live at once",
    sets: { key: "parallel" },
  },
  {
    flags: "--autonomous",
    meaning: "Ask nothing but critical stops",
    sets: { key: "mode", value: "autonomous" },
  },
  {
    flags: "--interactive",
    meaning: "Ask a person wherever the rules run out",
    sets: { key: "mode", value: "interactive" },
  },
  {
    flags: "--agent <name>",
    meaning: "Use this agent: claude, codex, a name under agents.define, or ./program",
    group: "Agents",
  },
  {
    flags: "--model <name>",
    meaning: "Use this model for the implementer",
    group: "Agents",
    sets: { key: "agents.models.implementer" },
  },
  {
    flags: "--skip-code-review",
    meaning: "Leave out the reviews, not the gates",
    group: "Agents",
    sets: { key: "review.mode", value: "none" },
  },
  {
    flags: "--subagent",
    meaning: "Review in two stages; work and reviews are sessions of their own in any case",
    group: "Agents",
    sets: { key: "review.mode", value: "two-stage" },
  },
  { flags: "--target <branch>", meaning: "Land on this branch", sets: { key: "target" } },
  {
    flags: "--target-policy <policy>",
    meaning:
      "integration: pull requests meet on a milestone branch; direct: they target the target",
    sets: { key: "target_policy" },
  },
  {
    flags: "--skip-ci",
    meaning: "Wait for no check that is not required",
    sets: { key: "ci.wait", value: false },
  },
  {
    flags: "--webhook",
    meaning: "Listen for GitHub's webhooks, so that news come at once",
    sets: { key: "forge.webhook", value: {} },
  },
  {
    flags: "--barrier",
    meaning: "Begin a wave when the one before is over",
    sets: { key: "barrier", value: true },
  },
  { flags: "--metrics", meaning: "Print the metrics of the run as JSON when it is over" },
];
