import { z } from "zod";
import { TEST_PATHS } from "../../core/execute/tdd/test-paths.ts";
import {
  CountOrNoneSchema,
  CountSchema,
  DurationSchema,
  SizeSchema,
  TextListSchema,
  TextSchema,
  YesNoSchema,
  choice,
  setting,
  section,
} from "../values.ts";

const GATE_KINDS = ["typecheck", "lint", "test", "build", "other"] as const;

const GateObjectSchema = section(
  {
    name: TextSchema.optional().describe("Shown instead of the command."),
    run: TextSchema.describe("Runs in a shell in the workspace; green is exit code 0."),
    kind: choice(GATE_KINDS).optional().describe("Guessed from the words when absent."),
    timeout: DurationSchema.optional().describe("Instead of gates.timeout."),
    report: TextSchema.optional().describe("JUnit file the command writes."),
  },
  { timeout: "timeoutMs" },
);

const GateListSchema = z.array(
  z.union(
    [TextSchema, GateObjectSchema],
    "expected a command, or {name, run, kind, timeout, report}",
  ),
  "expected a list of commands",
);

/** A gate as a person may write it. */
export type WrittenGate = z.output<typeof GateListSchema>[number];

export const GatesSchema = section(
  {
    pre_merge: setting(
      GateListSchema,
      [],
      "Commands that must be green before a merge; []: the recognised scripts, shown by `cairn plan`.",
    ),
    post_merge: setting(
      GateListSchema,
      [],
      "Commands run on the integration branch after a merge; []: those of pre_merge.",
    ),
    autofix: setting(
      TextListSchema,
      [],
      "Run before the gates; what they change becomes a commit of its own.",
    ),
    timeout: setting(DurationSchema, "20m", "Limit of one command."),
    output: setting(SizeSchema, "16MB", "Output of one command."),
    parallel: setting(
      z.union([CountSchema, z.null()], "expected a number or null"),
      null,
      "Gates at the same time; null: cores - 1, at least 1.",
    ),
    network: setting(YesNoSchema, true, "false: no network for gates, where the sandbox can."),
  },
  { timeout: "timeoutMs", output: "outputBytes" },
);

export const BaselineSchema = section({
  require_green: setting(
    choice(["tests", "all", "none"]),
    "tests",
    "Gates that must be green before the run: tests (under the tdd profile, else none), all or none.",
  ),
});

export const CoverageSchema = section({
  report: setting(
    z.union([TextSchema, z.null()], "expected a file or null"),
    null,
    "lcov or cobertura file that a gate writes.",
  ),
  minimum: setting(
    z.number("expected per cent").min(0).max(100),
    50,
    "Per cent of the changed lines; below it the pull request gets needs-test-review.",
  ),
});

export const TddSchema = section({
  tests: setting(TextListSchema, [...TEST_PATHS], "Paths that count as tests."),
  exempt: setting(
    TextListSchema,
    ["**/*.md", "docs/**"],
    "Paths without proof; types RESEARCH and VALIDATION are exempt.",
  ),
  restarts: setting(CountOrNoneSchema, 2, "Fresh starts after a violation."),
  session: setting(
    choice(["per-issue", "per-step"]),
    "per-issue",
    "One session for the issue, or one for each step.",
  ),
});

export const ReviewSchema = section(
  {
    mode: setting(
      choice(["two-stage", "one-pass", "none"]),
      "two-stage",
      "spec then quality, both in one session, or none (`--skip-code-review`).",
    ),
    rounds: setting(CountOrNoneSchema, 2, "Fix rounds for each stage."),
    test_quality: setting(
      section({
        enabled: setting(YesNoSchema, true, "Judge the tests as well."),
        rounds: setting(CountOrNoneSchema, 2, "Fix rounds for that."),
      }),
      {},
      "Review of the tests.",
    ),
    wait_for: setting(
      z.union([z.literal("auto"), TextListSchema], "expected auto or a list of logins"),
      "auto",
      "Reviewers on the forge: auto (required ones, and bots seen in the last 20 pull requests), [logins] or [].",
    ),
    timeout: setting(DurationSchema, "60m", "How long to wait for them."),
  },
  { timeout: "timeoutMs" },
);

export const CiSchema = section(
  {
    wait: setting(
      YesNoSchema,
      true,
      "false (`--skip-ci`): required checks and pre_merge gates still decide.",
    ),
    timeout: setting(DurationSchema, "30m", "How long to wait for the checks of one commit."),
    poll: setting(
      z
        .array(DurationSchema, "expected a list of durations")
        .min(1, "expected at least one duration"),
      ["30s", "60s", "120s"],
      "Pauses between two looks; the last one repeats.",
    ),
    none_after: setting(
      DurationSchema,
      "2m",
      "No check seen by then and none required: the gates are the CI.",
    ),
  },
  { timeout: "timeoutMs", poll: "pollMs", none_after: "noneAfterMs" },
);
