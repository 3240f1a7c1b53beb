// The published reference of the commands is their help, word for word, so that it cannot go stale.
import { COMMANDS, loadCommand } from "../src/cli/command-table.ts";
import {
  renderCommandHelp,
  renderEnvironment,
  renderExitCodes,
  renderHelp,
} from "../src/cli/render-help.ts";

/** Text of `docs/cli-reference.md`. */
export async function cliReference(): Promise<string> {
  const sections = [section("cairn", renderHelp())];
  for (const row of COMMANDS) {
    sections.push(
      section(`cairn ${row.name}`, renderCommandHelp(row, await loadCommand(row.name))),
    );
  }
  sections.push(
    section("Exit codes", renderExitCodes()),
    section("Environment", renderEnvironment()),
  );
  return `# Commands\n\nMade from the program's own help by \`npm run generate\`.\n\n${sections.join("\n")}`;
}

function section(title: string, help: string): string {
  return `## ${title}\n\n\`\`\`text\n${help.trimEnd()}\n\`\`\`\n`;
}
