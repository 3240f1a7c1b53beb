import {
  CountOrNoneSchema,
  DurationSchema,
  SizeSchema,
  TextListSchema,
  TextSchema,
  YesNoSchema,
  choice,
  setting,
  section,
} from "../values.ts";
import { z } from "zod";

const BranchPatternSchema = TextSchema.regex(
  /\{number\}/,
  "expected a pattern with {number}, else two tasks would share a branch",
);

export const BranchesSchema = section(
  {
    integration: setting(
      BranchPatternSchema,
      "milestone/{number}-{slug}",
      "Name of the integration branch; {number} is m5, 3, or issues-153-154 for a list.",
    ),
    task: setting(BranchPatternSchema, "feat/issue-{number}-{slug}", "Name of a task's branch."),
    existing: setting(
      choice(["ask", "clean", "skip"]),
      "ask",
      "A task branch or folder is there already: ask (autonomous: skip, an own orphan: clean), clean or skip.",
    ),
    stale_after: setting(
      DurationSchema,
      "7d",
      "An integration branch that is there before its run: a younger one is resumed, an older one asks delete (its commits are kept) or resume; resume where nobody can be asked.",
    ),
  },
  { stale_after: "staleAfterMs" },
);

export const SourcesSchema = section({
  milestones: setting(
    TextSchema.regex(/\{m\}/, "expected a pattern with {m}"),
    "docs/**/milestones/{m}",
    "Where milestone folders lie.",
  ),
  dispatch: setting(
    TextSchema.regex(/\{n\}/, "expected a pattern with {n}"),
    "plan/milestone-{n}-dispatch.yaml",
    "Dispatch plan of `--dispatch n`.",
  ),
  handoff: setting(
    choice(["auto", "write", "require", "off"]),
    "auto",
    "After one reminder: write (Cairn adds the section), require (the task fails), off; auto: require where the file exists already.",
  ),
});

export const PlanningSchema = section({
  review: setting(
    YesNoSchema,
    true,
    "The plan linter is a gate before the first run (`--skip-plan-review`).",
  ),
  unmapped: setting(
    choice(["propose", "serialise", "independent"]),
    "propose",
    "What to do with issues that say nothing about dependencies.",
  ),
  follow_ups: setting(
    CountOrNoneSchema,
    2,
    "Issues that a partial result or a conflict may add, for each issue.",
  ),
});

const BootstrapSchema = z.union(
  [
    z.enum(["auto", "link", "copy", "none"]),
    section({ command: TextSchema.describe("Runs in a shell in each new worktree.") }),
  ],
  'expected auto, link, copy, none or {command: "…"}',
);

export const WorkspaceSchema = section(
  {
    worktrees: setting(
      YesNoSchema,
      true,
      "false: one task at a time in the checkout, given back as it was (`--no-worktree`).",
    ),
    path: setting(
      TextSchema,
      ".cairn/worktrees",
      "Folder of the worktrees; kept out of git through .git/info/exclude.",
    ),
    bootstrap: setting(
      BootstrapSchema,
      "auto",
      "How a new worktree gets its dependencies: auto installs, link and copy share one installation (see workspaces.md); {command} runs one of yours. It sees few variables (name registry tokens under agents.env) and no ssh (set GIT_SSH_COMMAND in a command of yours).",
    ),
    link: setting(
      TextListSchema,
      ["node_modules", ".venv"],
      "Entries for link and copy: node_modules. A .venv knows by absolute paths where it lies, and is left alone.",
    ),
    keep: setting(
      choice(["failed", "all", "none"]),
      "failed",
      "Workspaces that stay when a run is over.",
    ),
    max_age: setting(DurationSchema, "14d", "Older kept workspaces are named by `cairn clean`."),
    max_size: setting(SizeSchema, "20GB", "Room that all worktrees together may take."),
  },
  { max_age: "maxAgeMs", max_size: "maxBytes" },
);
