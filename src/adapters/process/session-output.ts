import fs from "node:fs";
import path from "node:path";
import type { SecretFound } from "../../core/review/change-facts.ts";
import { cleanFolder } from "./clean-folder.ts";
import { writeAtomic } from "./files.ts";
import { createLineReader, type LineReader } from "./line-reader.ts";
import { createRedaction, secretValues } from "./redact.ts";
import { SecretsSeen } from "./secrets-seen.ts";
import { SessionFile, type SessionFileContent } from "./session-files.ts";
import { SessionProgress } from "./session-progress.ts";

const STDERR_TAIL_MAX = 8_000;
const NEWEST_LINES_MAX = 5;
// Longer lines hold whole files; a view has no use for them.
const NEWEST_LINE_LENGTH_MAX = 16_384;

/** What a session prints: redacted into its stream file, bounded, and counted. Times are monotonic milliseconds. */
export class SessionOutput {
  /** Bytes of stdout and stderr so far. */
  bytes = 0;
  turns = 0;
  lastPrintedAt: number;
  finalSeenAt: number | null = null;
  /** What went wrong with keeping it; null: nothing. */
  problem: string | null = null;

  /** Tokens and steps, as far as the program tells them. */
  readonly progress: SessionProgress;

  readonly #folder: string;
  readonly #session: SessionFileContent;
  readonly #stream: number;
  readonly #stdout: LineReader;
  readonly #stderr: LineReader;
  readonly #turnsSeen = new Set<string>();
  readonly #secrets = new SecretsSeen();
  readonly #values: readonly string[];
  readonly #turnLine: RegExp | null;
  readonly #finalLine: RegExp | null;
  #newest: string[] = [];
  #newestIsWritten = true;
  #stderrTail = "";
  #room: number;

  constructor(folder: string, session: SessionFileContent) {
    this.#folder = folder;
    this.#session = session;
    this.#room = session.limits.outputBytes;
    this.lastPrintedAt = performance.now();
    this.progress = new SessionProgress(session);
    this.#turnLine = session.turnLine === null ? null : new RegExp(session.turnLine);
    this.#finalLine = session.finalLine === null ? null : new RegExp(session.finalLine);
    this.#stream = fs.openSync(path.join(folder, SessionFile.stream), "w", 0o600);
    // The host has the engine's own environment, which an agent of the same user can find.
    const values = [process.env, session.env].flatMap(secretValues).concat(session.secrets);
    this.#values = values;
    const out = this.#secrets.place(SessionFile.stream);
    const err = this.#secrets.place("stderr");
    const redactOut = createRedaction(values, out.note);
    const redactErr = createRedaction(values, err.note);
    this.#stdout = createLineReader((line) => {
      out.nextLine();
      this.#keep(redactOut(line));
    });
    this.#stderr = createLineReader((line) => {
      err.nextLine();
      this.#stderrTail = `${this.#stderrTail}${redactErr(line)}\n`.slice(-STDERR_TAIL_MAX);
    });
  }

  get stderrTail(): string {
    return this.#stderrTail.trim();
  }

  /** Those worth stopping for, in the order they came; never their values. */
  get secrets(): readonly SecretFound[] {
    return this.#secrets.found;
  }

  isOverLimit(): boolean {
    return this.bytes > this.#session.limits.outputBytes;
  }

  takeStdout(chunk: Buffer): void {
    this.#count(chunk);
    if (!this.isOverLimit()) this.#stdout.push(chunk);
  }

  takeStderr(chunk: Buffer): void {
    this.#count(chunk);
    if (!this.isOverLimit()) this.#stderr.push(chunk);
  }

  /** Makes the newest lines visible for readers; cheap when nothing is new. */
  publishNewest(): void {
    if (this.#newestIsWritten) return;
    this.#newestIsWritten = true;
    const file = path.join(this.#folder, SessionFile.newest);
    try {
      writeAtomic(file, `${this.#newest.join("\n")}\n`, "fleeting");
    } catch {
      // Only views read it, and the next line tries again.
    }
  }

  close(): void {
    this.#stdout.end();
    this.#stderr.end();
    this.publishNewest();
    fs.closeSync(this.#stream);
    cleanFolder(this.#folder, {
      values: this.#values,
      onSecret: (name) => this.#secrets.place(name).note,
    });
  }

  #count(chunk: Buffer): void {
    this.bytes += chunk.length;
    this.lastPrintedAt = performance.now();
  }

  #keep(line: string): void {
    const bytes = Buffer.from(`${line}\n`);
    // Redaction may lengthen a line: the file is bounded by itself, not by what came in.
    if (bytes.length > this.#room) return;
    this.#room -= bytes.length;
    this.#write(bytes);
    this.#noteTurn(line);
    this.progress.note(line);
    // A CLI may go on after its final line; the patience with it starts again at every line.
    if (this.finalSeenAt !== null || this.#finalLine?.test(line))
      this.finalSeenAt = performance.now();
    if (line.length <= NEWEST_LINE_LENGTH_MAX) {
      this.#newest = [...this.#newest, line].slice(-NEWEST_LINES_MAX);
      this.#newestIsWritten = false;
    }
  }

  /** A full disk costs the transcript its rest, not the session its life. */
  #write(bytes: Buffer): void {
    try {
      fs.writeSync(this.#stream, bytes);
    } catch (error) {
      this.#room = 0;
      this.problem = `The transcript ends early: ${String(error)}.`;
    }
  }

  #noteTurn(line: string): void {
    const found = this.#turnLine?.exec(line);
    if (!found) return;
    const name = found[1];
    if (name !== undefined && this.#turnsSeen.has(name)) return;
    if (name !== undefined) this.#turnsSeen.add(name);
    this.turns += 1;
  }
}
