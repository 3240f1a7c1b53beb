import { spawn, type ChildProcess } from "node:child_process";
import fs from "node:fs";
import { Socket } from "node:net";
import { createInterface } from "node:readline";
import path from "node:path";
import type { z } from "zod";
import { compileCacheVariable } from "../../process/compile-cache.ts";
import { sessionHostFile } from "../../process/session-host.ts";
import { hostWordSchema, readMessage, type hostOrderSchema } from "../../process/session-files.ts";

type HostOrder = z.infer<typeof hostOrderSchema>;
export type HostWord = z.infer<typeof hostWordSchema>;

/** In MB. It keeps next to nothing, and a small process is forked sooner. */
const SMALL_HEAP = "--max-semi-space-size=2";

/** This engine's session host: started with the first order, and again should it have died. */
export class HostProcess {
  readonly #cairnFolder: string;
  readonly #onWord: (word: HostWord) => void;
  #child: ChildProcess | null = null;

  constructor(cairnFolder: string, onWord: (word: HostWord) => void) {
    this.#cairnFolder = cairnFolder;
    this.#onWord = onWord;
  }

  /** Pid of the living host; null: none was needed yet, or it has died. Changes with every new host. */
  get pid(): number | null {
    return this.#child?.pid ?? null;
  }

  /** Starts a host if there is none, and tells it; answers the pid of the host that was told. */
  order(order: HostOrder): number | null {
    const child = (this.#child ??= this.#spawn());
    child.stdin?.write(`${JSON.stringify(order)}\n`);
    return child.pid ?? null;
  }

  /** Tells a living host; nothing happens when there is none. */
  tell(order: HostOrder): void {
    this.#child?.stdin?.write(`${JSON.stringify(order)}\n`);
  }

  /** The host finishes its sessions by itself and exits after the last. */
  letGo(): void {
    this.#child?.stdin?.end();
    this.#child = null;
  }

  #spawn(): ChildProcess {
    fs.mkdirSync(this.#cairnFolder, { recursive: true });
    const log = fs.openSync(path.join(this.#cairnFolder, "host.log"), "a", 0o600);
    const child = spawn(process.execPath, [SMALL_HEAP, sessionHostFile], {
      cwd: this.#cairnFolder,
      env: { ...process.env, ...compileCacheVariable() },
      // A session of its own: signals of the engine's terminal and of its group do not reach it.
      detached: true,
      stdio: ["pipe", "pipe", log],
    });
    fs.closeSync(log);
    const forget = (): void => {
      if (this.#child === child) this.#child = null;
    };
    child.once("exit", forget);
    child.once("error", forget);
    child.stdin?.on("error", forget);
    if (child.stdout !== null)
      createInterface({ input: child.stdout }).on("line", (line) => this.#hear(line));
    // The engine may exit while sessions live; whoever waits for a session keeps a timer of its own.
    child.unref();
    for (const pipe of [child.stdin, child.stdout]) if (pipe instanceof Socket) pipe.unref();
    return child;
  }

  #hear(line: string): void {
    const word = readMessage(line, hostWordSchema);
    if (word !== null) this.#onWord(word);
  }
}
