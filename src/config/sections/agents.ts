import { z } from "zod";
import {
  CountSchema,
  DurationSchema,
  SizeSchema,
  TextListSchema,
  TextSchema,
  VariableNameSchema,
  YesNoSchema,
  choice,
  setting,
  section,
} from "../values.ts";

/** Agents that are built in; others are named under `agents.define`. */
export const BUILT_IN_AGENTS = ["claude", "codex", "opencode", "gemini", "scripted"] as const;

/** Roles an agent can play. */
export const ROLES = [
  "planner",
  "implementer",
  "spec-reviewer",
  "quality-reviewer",
  "fixer",
  "conflict-resolver",
  "test-checker",
  "summariser",
] as const;

const DefinitionSchema = section({
  kind: choice(["acp", "command", "claude", "codex", "scripted"]).describe(
    "command: any program, prompt on stdin; claude, codex: that program with further arguments; scripted: replays a recording; acp: speaks the Agent Client Protocol.",
  ),
  command: setting(
    z.array(TextSchema, "expected a list: program and arguments"),
    [],
    "Program and arguments; no shell. For scripted the recording.",
  ),
  args: setting(TextListSchema, [], "Further arguments for claude and codex."),
  commits: setting(YesNoSchema, false, "true: the agent commits by itself."),
});

const RolesSchema = z.strictObject({
  planner: TextSchema.optional(),
  implementer: TextSchema.optional(),
  "spec-reviewer": TextSchema.optional(),
  "quality-reviewer": TextSchema.optional(),
  fixer: TextSchema.optional(),
  "conflict-resolver": TextSchema.optional(),
  "test-checker": TextSchema.optional(),
  summariser: TextSchema.optional(),
});

const SessionLimitsSchema = section(
  {
    wall: setting(DurationSchema, "60m", "One session, from start to end."),
    stall: setting(DurationSchema, "15m", "Silence after which a session counts as stalled."),
    turns: setting(CountSchema, 200, "Turns of one session."),
    output: setting(SizeSchema, "64MB", "Output of one session."),
    grace: setting(DurationSchema, "5s", "Time between the request to stop and the end by force."),
  },
  { wall: "wallMs", stall: "stallMs", output: "outputBytes", grace: "graceMs" },
);

export const AgentsSchema = section({
  default: setting(
    TextSchema,
    "claude",
    "claude, codex, opencode, gemini, scripted, or a name under define.",
  ),
  roles: setting(RolesSchema, {}, "Agent of each role that is not played by the default one."),
  models: setting(
    z.record(TextSchema, TextSchema),
    {},
    "Model of a role or an agent (`--model` sets the implementer's).",
  ),
  define: setting(
    z.record(TextSchema, DefinitionSchema),
    {},
    "Agents of your own: name: {kind, command, commits}.",
  ),
  env: setting(
    z.array(VariableNameSchema, "expected a list of names"),
    [],
    "More variables an agent may see; production-looking names are refused.",
  ),
  home: setting(
    choice(["keep", "private"]),
    "keep",
    "keep: agents use your logins; private: a home folder of their own.",
  ),
  prompts: setting(
    z.union([TextSchema, z.null()], "expected a folder or null"),
    null,
    "Tracked folder with <role>.md files that replace the built-in prompts.",
  ),
  limits: setting(SessionLimitsSchema, {}, "Limits of one session."),
});
