import { z } from "zod";
import {
  CountOrNoneSchema,
  CountSchema,
  DurationSchema,
  TextListSchema,
  TextSchema,
  VariableNameSchema,
  YesNoSchema,
  choice,
  setting,
  section,
} from "../values.ts";

const TextOrNoneSchema = z.union([TextSchema, z.null()], "expected text or null");

const WebhookSchema = section({
  listen: setting(TextSchema, "127.0.0.1:0", "Address and port to listen on."),
  secret_env: setting(
    VariableNameSchema,
    "CAIRN_WEBHOOK_SECRET",
    "Variable that holds the secret.",
  ),
});

export const ForgeSchema = section({
  kind: setting(
    choice(["auto", "github", "local"]),
    "auto",
    "auto: github if the remote is one, else local.",
  ),
  remote: setting(TextSchema, "origin", "Remote of the forge; ignored by local."),
  api_url: setting(TextOrNoneSchema, null, "GitHub Enterprise Server; null: from the remote."),
  webhook: setting(
    z.union([WebhookSchema, z.null()], "expected {listen, secret_env} or null"),
    null,
    "Receive news instead of asking for them: {listen, secret_env}.",
  ),
});

export const PullRequestSchema = section({
  draft: setting(YesNoSchema, true, "Open as a draft; it leaves draft when the review has passed."),
  title: setting(TextSchema, "{type}({scope}): {title} (#{number})", "Pattern of the title."),
  template: setting(TextOrNoneSchema, null, "File with a text of your own."),
  labels: setting(TextListSchema, [], "Labels of every pull request."),
});

export const FixRoundsSchema = section({
  pull_request: setting(CountOrNoneSchema, 3, "Fix rounds of one pull request, after the draft."),
  run: setting(
    z.union([z.literal("auto"), CountOrNoneSchema], "expected auto or a number"),
    "auto",
    "Fix rounds of the run; auto: the larger of 5 and the number of tasks.",
  ),
});

export const MergeSchema = section({
  auto: setting(YesNoSchema, true, "false: a person merges."),
  method: setting(choice(["squash", "merge", "rebase"]), "squash", "How a pull request is merged."),
  update: setting(
    choice(["rebase", "merge"]),
    "rebase",
    "How a branch is brought up to date when the base moved.",
  ),
  delete_branch: setting(YesNoSchema, true, "Delete the branch after the merge."),
  train: setting(
    z.union([z.literal("auto"), CountSchema], "expected auto or a number"),
    1,
    "Branches gated together; auto: by gate slots and red rate.",
  ),
  every_commit_green: setting(
    YesNoSchema,
    false,
    "true: each landing is gated by itself, none only as a part of a longer train that is green.",
  ),
  medium: setting(
    section({
      files: setting(CountOrNoneSchema, 3, "Files."),
      hunks: setting(CountOrNoneSchema, 6, "Conflicting hunks."),
      lines: setting(CountOrNoneSchema, 80, "Conflicting lines."),
      attempts: setting(CountOrNoneSchema, 2, "Attempts to resolve it."),
    }),
    {},
    "Up to here a conflict is medium and goes to a resolver agent.",
  ),
  heavy: setting(
    choice(["give-back", "ask", "skip"]),
    "give-back",
    "A larger conflict: give-back (a new issue), ask or skip.",
  ),
});

export const CloseSchema = section({
  issues: setting(YesNoSchema, true, "Close an issue when it is merged."),
  milestone: setting(YesNoSchema, true, "Close the milestone when it has landed."),
});

export const StopsSchema = section(
  {
    large_diff: setting(
      section(
        {
          files: setting(CountSchema, 8, "Files."),
          lines: setting(CountSchema, 400, "Lines."),
          // oxlint-disable-next-line unicorn/no-thenable -- the written name; in code it is `action`
          then: setting(choice(["skip", "ask", "label"]), "skip", "What to do; interactive: ask."),
        },
        // oxlint-disable-next-line unicorn/no-thenable -- the name in the file; in code it is `action`
        { then: "action" },
      ),
      {},
      "Larger changes stop. Lock, generated and test files do not count.",
    ),
    schema: setting(
      section({
        breaking: setting(choice(["ask", "label", "skip"]), "ask", "A breaking schema change."),
        additive: setting(choice(["ask", "label", "skip"]), "label", "An additive schema change."),
      }),
      {},
      "Changes of a database schema.",
    ),
    licence: setting(
      section({
        restrictive: setting(
          choice(["ask", "label", "skip"]),
          "ask",
          "A new dependency with another licence.",
        ),
        permissive: setting(
          choice(["ask", "label", "skip"]),
          "label",
          "A new dependency with an allowed licence.",
        ),
        allowed: setting(
          TextListSchema,
          ["MIT", "Apache-2.0", "BSD-2-Clause", "BSD-3-Clause", "ISC"],
          "Licences that count as permissive.",
        ),
      }),
      {},
      "Licences of new dependencies.",
    ),
    boundary: setting(
      section(
        {
          // oxlint-disable-next-line unicorn/no-thenable -- the written name; in code it is `action`
          then: setting(choice(["ask", "label", "skip"]), "ask", "A change outside."),
          paths: setting(
            z.record(TextSchema, TextListSchema),
            {},
            "Label of an issue: paths it may touch.",
          ),
        },
        // oxlint-disable-next-line unicorn/no-thenable -- the name in the file; in code it is `action`
        { then: "action" },
      ),
      {},
      "Where the changes of an issue belong.",
    ),
    question_timeout: setting(
      z.union([DurationSchema, z.null()], "expected a duration or null"),
      null,
      "After it the default answer of a question counts; null: never.",
    ),
  },
  { question_timeout: "questionTimeoutMs" },
);
