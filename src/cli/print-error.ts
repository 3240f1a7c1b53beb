import { mkdirSync, writeFileSync } from "node:fs";
import { homedir, tmpdir } from "node:os";
import { join } from "node:path";
import { ExitCode, UserError } from "../errors.ts";

/** Lines of another program's words that are shown; what went wrong stands at the end. */
const QUOTE_LINES_MAX = 20;

export interface ErrorText {
  readonly stdout: string;
  readonly stderr: string;
  readonly exitCode: number;
}

/**
 * What is shown of an error. With `json` the object goes to stdout, as the data the caller waits for;
 * else words go to stderr. `details` is the file an internal error was written to.
 */
export function renderError(
  error: unknown,
  how: { readonly json: boolean; readonly stack: boolean; readonly details: string | null },
): ErrorText {
  const known = error instanceof UserError ? error : internal(error, how.details);
  const stack = how.stack && error !== known && error instanceof Error ? error.stack : undefined;
  if (how.json) {
    const { code, message, hints } = known;
    return {
      stdout: `${JSON.stringify({ error: { code, message, hints } })}\n`,
      stderr: stack === undefined ? "" : `${stack}\n`,
      exitCode: known.exitCode,
    };
  }
  const lines = [
    `error: ${known.message}`,
    ...quoteLines(known.quote),
    ...known.hints.map((hint) => `  → ${hint}`),
    ...(stack === undefined ? [] : ["", stack]),
  ];
  return { stdout: "", stderr: `${lines.join("\n")}\n`, exitCode: known.exitCode };
}

/** Prints an error without the secrets in it and sets the exit code. The only place that does. */
export async function printError(
  error: unknown,
  how: { readonly json: boolean; readonly verbose: boolean },
): Promise<void> {
  // Words of git, of a forge or of a file may be in it, by whatever way it came.
  const { textWithoutSecrets: redact } = await import("../composition/without-secrets.ts");
  const details = error instanceof UserError ? null : keepDetails(redact(describe(error)));
  const stack = how.verbose || Boolean(process.env["CAIRN_DEBUG"]);
  const text = renderError(error, { json: how.json, stack, details });
  process.stdout.write(redact(text.stdout));
  process.stderr.write(redact(text.stderr));
  process.exitCode = text.exitCode;
}

function internal(error: unknown, details: string | null): UserError {
  const what = error instanceof Error ? error.message : String(error);
  const kept = details === null ? [] : [`The details are in ${details}.`];
  return new UserError("internal", `Cairn has a bug: ${firstLine(what)}`, {
    hints: [
      ...kept,
      "Nothing that was recorded is lost: `cairn resume` goes on. Please report it with the details.",
    ],
    exitCode: ExitCode.bug,
  });
}

/** Writes what a developer needs into a file of its own; null when there is no place for it. */
function keepDetails(words: string): string | null {
  const state = process.env["XDG_STATE_HOME"] ?? join(homedir(), ".local", "state");
  const text = `${words}\n\nNode ${process.version}, ${process.platform} ${process.arch}\n`;
  for (const folder of [join(state, "cairn", "errors"), tmpdir()]) {
    try {
      const time = new Date().toISOString().replaceAll(/[:.]/g, "-");
      const file = join(folder, `cairn-error-${time}-${process.pid}.txt`);
      mkdirSync(folder, { recursive: true });
      writeFileSync(file, text, { mode: 0o600, flag: "wx" });
      return file;
    } catch {
      // The next place; without any, the words on the screen have to do.
    }
  }
  return null;
}

function describe(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const cause = error.cause === undefined ? "" : `\n\nCaused by: ${describe(error.cause)}`;
  return `${error.stack ?? error.message}${cause}`;
}

function quoteLines(quote: string | undefined): readonly string[] {
  if (quote === undefined || quote.trim() === "") return [];
  const lines = quote.trimEnd().split("\n");
  const left = lines.length - QUOTE_LINES_MAX;
  const shown = left > 0 ? [`… (${left} more lines above)`, ...lines.slice(left)] : lines;
  return shown.map((line) => `  | ${line}`);
}

function firstLine(text: string): string {
  return text.split("\n", 1)[0] ?? "";
}
