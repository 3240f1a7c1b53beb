import type { Discipline } from "../../src/core/run/settings.ts";

/** Nothing is proven, scanned, asked or written beyond gates and reviews. */
export const NO_DISCIPLINE: Discipline = {
  tdd: null,
  testRounds: null,
  stops: {
    largeDiff: { files: 1_000, lines: 100_000, action: "label" },
    schema: { breaking: "label", additive: "label" },
    licence: { restrictive: "label", permissive: "label", allowed: [] },
    boundary: { action: "label", paths: {} },
    sensitive: [],
    coverage: { report: null, minimum: 0 },
  },
  stepSessions: false,
  handoff: "off",
  followUps: 0,
  questionTimeoutMs: null,
  phases: false,
  autofix: [],
};
