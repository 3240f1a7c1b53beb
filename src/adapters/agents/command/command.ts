import { parseAgentReportText } from "../../../core/execute/agent-result.ts";
import type { Agent, AgentCommand, StreamState } from "../../../ports/agent.ts";

export interface CommandOptions {
  readonly name: string;
  /** Program and its arguments. The prompt comes on stdin; the working directory is the workspace. */
  readonly command: readonly [string, ...string[]];
  /** True where the program makes its own commits. */
  readonly commits?: boolean;
}

const TEXT_MAX = 200_000;

/**
 * Any program as an agent: prompt on stdin, words on stdout, exit 0 for "done". It may write a report into
 * `$CAIRN_RESULT_FILE` or end its words with one; without a report git alone decides.
 */
export function createCommand(options: CommandOptions): Agent {
  const [file, ...args] = options.command;
  return {
    name: options.name,
    continues: false,
    commits: options.commits ?? false,
    probe: null,
    command: (request, _folder, inherited): AgentCommand => ({
      file,
      args,
      env: { ...inherited },
      stdin: request.prompt,
    }),
    read: readWords,
    conclude: (state, exit, readResultFile) => ({
      end: exit.code === 0 ? "finished" : "crashed",
      report: parseAgentReportText(readResultFile() ?? "") ?? parseAgentReportText(state.text),
      detail: describe(options.name, exit),
      retryAt: null,
    }),
  };
}

function readWords(line: string, state: StreamState): void {
  if (line.trim() === "") return;
  state.text += `${line}\n`;
  // In big steps: cutting at every line would copy the whole text each time.
  if (state.text.length > 2 * TEXT_MAX) state.text = state.text.slice(-TEXT_MAX);
  state.lastWords = line.slice(0, 2_000);
}

function describe(
  name: string,
  exit: { readonly code: number | null; readonly signal: string | null; readonly stderr: string },
): string {
  if (exit.code === 0) return `${name} finished.`;
  const how = exit.signal === null ? `with exit code ${String(exit.code)}` : `by ${exit.signal}`;
  const words = exit.stderr === "" ? "" : ` It said: ${exit.stderr.slice(-500)}`;
  return `${name} ended ${how}.${words}`;
}
