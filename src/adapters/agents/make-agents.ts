import { UserError } from "../../errors.ts";
import type { Agent } from "../../ports/agent.ts";
import { createClaude } from "./claude/claude.ts";
import { createCodex } from "./codex/codex.ts";
import { createCommand } from "./command/command.ts";
import { createScripted } from "./scripted/scripted.ts";

/** One entry under `agents.define`. */
export interface AgentDefinition {
  readonly kind: string;
  /** Program and arguments; needed for `command`, and for `claude` and `codex` the program where it is not on the PATH. */
  readonly command?: readonly string[];
  /** Further arguments for `claude` and `codex`. */
  readonly args?: readonly string[];
  readonly commits?: boolean;
}

export interface AgentsOptions {
  readonly define?: Readonly<Record<string, AgentDefinition>>;
  /** File with recorded sessions; without it there is no agent `scripted`. */
  readonly recording?: string | null;
}

/** Every agent by the name the configuration uses. @throws UserError `config/agent-kind`, `config/agent-command` */
export function makeAgents(options: AgentsOptions = {}): Readonly<Record<string, Agent>> {
  const recording = options.recording ?? null;
  const agents: Record<string, Agent> = { claude: createClaude(), codex: createCodex() };
  if (recording !== null) agents["scripted"] = createScripted({ recording });
  for (const [name, definition] of Object.entries(options.define ?? {}))
    agents[name] = makeAgent(name, definition, recording);
  return agents;
}

function makeAgent(name: string, definition: AgentDefinition, recording: string | null): Agent {
  const { kind, command = [], args = [] } = definition;
  const [file, ...rest] = command;
  const own = { name, ...(file === undefined ? {} : { file }), extraArgs: [...rest, ...args] };
  switch (kind) {
    case "claude":
      return createClaude(own);
    case "codex":
      return createCodex(own);
    case "scripted":
      return createScripted({ name, recording: file ?? recording ?? missing(name, "a recording") });
    case "command": {
      const program = file ?? missing(name, "a program");
      return createCommand({
        name,
        command: [program, ...rest, ...args],
        commits: definition.commits ?? false,
      });
    }
    default:
      throw new UserError(
        "config/agent-kind",
        `agents.define.${name}.kind is ${kind}, which this version cannot start.`,
        { hints: ["Use command, claude, codex or scripted."] },
      );
  }
}

function missing(name: string, what: string): never {
  throw new UserError("config/agent-command", `agents.define.${name} names no ${what.slice(2)}.`, {
    hints: [
      `Add \`command: [${what === "a program" ? "./agent.sh" : "./recording.json"}]\` to it.`,
    ],
  });
}
