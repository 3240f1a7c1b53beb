// Says in one line whether the contract tests ran against the real agent CLIs.
// The CLIs are installed by `npm run test:agents` into .agents-cache/<name>, which git ignores.
import { existsSync, readFileSync } from "node:fs";
import { join, resolve } from "node:path";

const ROOT = resolve(import.meta.dirname, "..");

/** The last line but one of `npm test`. */
export function realAgentsLine(root: string = ROOT): string {
  const counts = Object.entries(contractTestCounts(root));
  const isInstalled = ([name]: [string, number]): boolean =>
    existsSync(join(root, ".agents-cache", name, "node_modules/.bin", name));
  const installed = counts.filter(isInstalled);
  const missing = counts.filter((entry) => !isInstalled(entry));
  const notRun = missing.reduce((sum, [, tests]) => sum + tests, 0);
  if (installed.length === 0) return `real agents: not installed, ${notRun} contract tests not run`;
  const present = `real agents: ${names(installed)} installed`;
  if (missing.length === 0) return present;
  return `${present}; ${names(missing)} not installed, ${notRun} contract tests not run`;
}

function names(entries: readonly (readonly [string, number])[]): string {
  return entries.map(([name]) => name).join(", ");
}

/** Number of contract tests by CLI, kept beside those tests; empty until there are any. */
function contractTestCounts(root: string): Record<string, number> {
  const file = join(root, "test/contract/real-agents.json");
  if (!existsSync(file)) return {};
  const parsed: unknown = JSON.parse(readFileSync(file, "utf8"));
  if (typeof parsed !== "object" || parsed === null) return {};
  return Object.fromEntries(
    Object.entries(parsed).filter(
      (entry): entry is [string, number] => typeof entry[1] === "number",
    ),
  );
}

if (import.meta.main) console.log(realAgentsLine());
