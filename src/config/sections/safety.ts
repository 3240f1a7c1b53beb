import { z } from "zod";
import {
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

const DEFAULT_SURFACES: Readonly<Record<string, readonly string[]>> = {
  "needs-human": [
    "**/auth/**",
    "**/middleware/auth*",
    "**/.env*",
    "**/secrets*",
    "**/credentials*",
    "**/deploy/**",
    "**/infra/**",
    "Dockerfile*",
    ".github/workflows/**",
    "**/ci/**",
    ".cairn.yml",
  ],
  "needs-db-review": ["**/migrations/**", "**/alembic/**"],
  "needs-dep-review": [
    "requirements*.txt",
    "**/package*.json",
    "**/*.lock",
    "**/pnpm-lock.yaml",
    "**/go.{mod,sum}",
  ],
};

const DEFAULT_LABELS: Readonly<Record<string, string>> = {
  "needs-human": "#B60205",
  "needs-db-review": "#D93F0B",
  "needs-dep-review": "#FBCA04",
  "sensitive-review": "#B60205",
  "needs-test-review": "#1D76DB",
  "tdd-violation": "#FF0000",
  "conflict-resolution": "#5319E7",
};

// Label by label, so that adding a surface does not silently drop the built-in ones.
const SurfacesSchema = z.record(TextSchema, TextListSchema, "expected labels with lists of paths");
const ColourSchema = z
  .string("expected a colour like #B60205")
  .regex(/^#[0-9A-F]{6}$/i, "expected a colour like #B60205");

export const ProtectedSchema = section({
  branches: setting(
    TextListSchema,
    ["{target}", "release/**"],
    "No agent writes here; only landing moves them.",
  ),
  surfaces: setting(
    SurfacesSchema,
    copyOf(DEFAULT_SURFACES),
    "A changed path holds the pull request for a person, with this label. Labels not written keep their paths; [] switches one off.",
  ).transform((written) => ({ ...DEFAULT_SURFACES, ...written })),
  sensitive: setting(
    TextListSchema,
    ["**/billing/**"],
    "A changed path goes on with sensitive-review.",
  ),
});

export const LabelsSchema = setting(
  z.record(TextSchema, ColourSchema, "expected labels with colours"),
  { ...DEFAULT_LABELS },
  "Labels and their colours; those not written keep theirs.",
).transform((written) => ({ ...DEFAULT_LABELS, ...written }));

const UsdSchema = z
  .number("expected US dollars, like 5 or 0.50")
  .nonnegative("expected US dollars, 0 or more");
const CeilingSchema = z
  .union(
    [
      UsdSchema,
      z.null(),
      z.strictObject({
        usd: z.union([UsdSchema, z.null()]).prefault(null),
        tokens: z.union([CountSchema, z.null()]).prefault(null),
      }),
    ],
    "expected dollars, {usd, tokens} or null",
  )
  .transform((written) =>
    typeof written === "object" && written !== null ? written : { usd: written, tokens: null },
  );

export const LimitsSchema = section(
  {
    attempts: setting(CountSchema, 2, "Sessions that may fail before a task fails."),
    retry: setting(
      z.array(DurationSchema, "expected a list of durations").max(4, "expected at most 4"),
      ["2s", "4s", "8s", "16s"],
      "Pauses before forge and network are tried again.",
    ),
    budget: setting(
      section({
        session: setting(CeilingSchema, 5, "One session."),
        task: setting(CeilingSchema, 20, "One task."),
        run: setting(CeilingSchema, 100, "One run; shown beside the forecast before the start."),
        day: setting(
          CeilingSchema,
          null,
          "Local midnight to midnight, all runs together; then work goes on by itself.",
        ),
      }),
      {},
      "Each: dollars, or {usd, tokens}; null: no limit. Reached: no new turn.",
    ),
    prices: setting(
      z.union([TextSchema, z.null()], "expected a file or null"),
      null,
      "JSON or YAML file in the built-in table's place, for agents that tell tokens but no dollars: {prices: [{model, input, output, cachedInput, cacheWrite, asOf, source}]}, dollars for a million tokens.",
    ),
    unknown_cost: setting(
      choice(["warn", "refuse"]),
      "warn",
      "An agent or model without usage or price: warn (time limits still hold) or refuse.",
    ),
  },
  { retry: "retryMs" },
);

export const SecretsSchema = section({
  values_from: setting(TextListSchema, [".env*"], "Files whose values are never shown."),
  allow: setting(TextListSchema, [], "Fingerprints of known harmless findings."),
});

const WebAddressSchema = section({
  url_env: VariableNameSchema.describe("Variable that holds the address."),
});

export const NotifySchema = section({
  telegram: section({
    token_env: VariableNameSchema.describe("Variable that holds the bot's token."),
    chats: z
      .array(z.union([z.int(), TextSchema]), "expected a list")
      .describe("Chats that get messages and may command."),
    users: setting(
      z.array(z.union([z.int(), TextSchema]), "expected a list"),
      [],
      "Users who may command.",
    ),
  })
    .optional()
    .describe("Two-way messages by a bot."),
  slack: WebAddressSchema.optional().describe("Incoming webhook of Slack."),
  discord: WebAddressSchema.optional().describe("Incoming webhook of Discord."),
  webhook: WebAddressSchema.optional().describe("POST with a JSON body."),
  desktop: YesNoSchema.optional().describe("Notifications on this machine."),
});

export const DashboardSchema = section({
  port: setting(z.int("expected a port").min(0).max(65_535), 0, "Loopback only; 0: any free port."),
});

export const FleetSchema = z.union(
  [
    section({
      postgres_url_env: setting(
        VariableNameSchema,
        "CAIRN_POSTGRES_URL",
        "Variable that holds the database's address.",
      ),
    }),
    z.null(),
  ],
  "expected {postgres_url_env} or null",
);

function copyOf(lists: Readonly<Record<string, readonly string[]>>): Record<string, string[]> {
  return Object.fromEntries(Object.entries(lists).map(([name, list]) => [name, [...list]]));
}
