// The real program with a terminal of its own and a test at the keyboard.
import { spawn, type ChildProcess } from "node:child_process";
import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import { GIT_ALONE, PACKAGE } from "./e2e-program.ts";

/** Of bsdutils: gives a program a terminal. */
const TERMINAL = "script";
const SEEN_WITHIN_MS = 20_000;
const POLL_MS = 25;

export interface TerminalCall {
  readonly directory: string;
  readonly home: string;
  readonly columns?: number;
  readonly rows?: number;
}

/** Started with a terminal; everything it ever shows is kept. */
export class Terminal {
  /** Its exit code. */
  readonly ended: Promise<number | null>;
  readonly #child: ChildProcess;
  readonly #screen: string;
  #seen = 0;

  constructor(args: readonly string[], call: TerminalCall) {
    const folder = fs.mkdtempSync(path.join(call.home, "terminal-"));
    this.#screen = path.join(folder, "screen");
    const out = fs.openSync(this.#screen, "w");
    const words = [path.join(PACKAGE, "bin/cairn"), ...args].map((word) => `'${word}'`).join(" ");
    const size = `stty cols ${call.columns ?? 100} rows ${call.rows ?? 50}`;
    this.#child = spawn(TERMINAL, ["-q", "-e", "-f", "-c", `${size}; exec ${words}`, "/dev/null"], {
      cwd: call.directory,
      env: {
        PATH: process.env["PATH"],
        HOME: call.home,
        TMPDIR: os.tmpdir(),
        LANG: "C.UTF-8",
        TERM: "xterm",
        NO_COLOR: "1",
        SHELL: "/bin/sh",
        ...GIT_ALONE,
      },
      stdio: ["pipe", out, out],
    });
    fs.closeSync(out);
    this.ended = new Promise((resolve, reject) => {
      this.#child.once("error", reject);
      this.#child.once("exit", resolve);
    });
  }

  /** Everything that was ever on the screen, without what moves the cursor. */
  words(): string {
    const text = fs.readFileSync(this.#screen, "utf8");
    // oxlint-disable-next-line no-control-regex -- a terminal is told where to write by such characters
    return text.replaceAll(/\u001B\[[0-9;?]*[A-Za-z]/g, "").replaceAll("\r", "");
  }

  /** Waits for words behind those of the last call. @throws with the screen when they do not come. */
  async see(words: string): Promise<void> {
    for (const end = Date.now() + SEEN_WITHIN_MS; ; await wait(POLL_MS)) {
      // Asked before reading: its last words are on the screen when its end is known.
      const isOver = this.#child.exitCode !== null;
      const at = this.words().indexOf(words, this.#seen);
      if (at !== -1) {
        this.#seen = at + words.length;
        return;
      }
      if (isOver || Date.now() > end)
        throw new Error(`"${words}" was not seen. On the screen:\n${this.words()}`);
    }
  }

  /** Types a line and the key that enters it. */
  type(line: string): void {
    this.press(`${line}\r`);
  }

  press(keys: string): void {
    this.#child.stdin?.write(keys);
  }

  close(): void {
    if (this.#child.exitCode === null) this.#child.kill("SIGKILL");
  }
}
