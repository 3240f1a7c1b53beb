import type { NamedFollowUp } from "../../src/core/run/follow-ups.ts";

/** The rest of an issue, as the core writes it; each test names what it is about. */
export function aFollowUp(changes: Partial<NamedFollowUp> = {}): NamedFollowUp {
  const { of = "1" } = changes;
  return {
    marker: `follow-up:run:${of}:0:1`,
    key: `${of}b`,
    of,
    title: `Follow-up of ${of}: Title`,
    body: [
      `Follow-up of: ${of}`,
      "",
      `A part of ${of} is done; this is the rest.`,
      "",
      "**Left:**",
      "",
      "- send it (no access)",
      "",
      "**Acceptance criteria:**",
      "",
      "- It is sent.",
      "",
      "**Files:** src/a.ts",
    ].join("\n"),
    type: "CODING",
    priority: null,
    labels: [],
    files: ["src/a.ts"],
    acceptanceCriteria: ["It is sent."],
    dependents: [],
    ...changes,
  };
}
