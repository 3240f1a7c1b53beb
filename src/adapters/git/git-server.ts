import { spawn, type ChildProcessByStdio } from "node:child_process";
import type { Readable, Writable } from "node:stream";
import { BrokenPromise } from "../../errors.ts";

/** Answers the bytes of the first whole answer at the start of `bytes`, or null while it is incomplete. */
export type AnswerEnd = (bytes: Buffer) => number | null;

interface Waiting {
  readonly answerEnd: AnswerEnd;
  readonly resolve: (answer: Buffer) => void;
  readonly reject: (error: Error) => void;
}

type Child = ChildProcessByStdio<Writable, Readable, null>;

/**
 * A git child that answers one question after the other, so that a question costs a tenth of a process. Started at
 * the first question, again if it died; it keeps nothing alive: neither the event loop nor a lock.
 */
export class GitServer {
  readonly #args: readonly string[];
  readonly #cwd: string;
  readonly #env: Readonly<Record<string, string>>;
  #child: Child | null = null;
  #waiting: Waiting[] = [];
  #chunks: Buffer[] = [];

  constructor(args: readonly string[], cwd: string, env: Readonly<Record<string, string>>) {
    this.#args = args;
    this.#cwd = cwd;
    this.#env = env;
  }

  /** Questions asked together are answered in order. Rejects when the child dies before it has answered. */
  ask(question: string, answerEnd: AnswerEnd): Promise<Buffer> {
    return new Promise((resolve, reject) => {
      const child = this.#child ?? this.#start();
      if (this.#waiting.length === 0) this.#hold(child, true);
      this.#waiting.push({ answerEnd, resolve, reject });
      child.stdin.write(question);
    });
  }

  /** Ends the child; resolves when it is gone. A later question starts a new one. */
  async close(): Promise<void> {
    const child = this.#child;
    if (child === null) return;
    this.#child = null;
    await new Promise<void>((resolve) => {
      this.#hold(child, true);
      child.once("close", () => resolve());
      child.stdin.end();
    });
  }

  #start(): Child {
    const child = spawn("git", [...this.#args], {
      cwd: this.#cwd,
      env: this.#env,
      stdio: ["pipe", "pipe", "ignore"],
    });
    this.#child = child;
    this.#chunks = [];
    child.stdout.on("data", (chunk: Buffer) => this.#read(child, chunk));
    child.stdin.on("error", () => undefined);
    child.on("error", () => this.#lose(child));
    child.on("close", () => this.#lose(child));
    return child;
  }

  #read(child: Child, chunk: Buffer): void {
    this.#chunks.push(chunk);
    for (let next = this.#waiting[0]; next !== undefined; next = this.#waiting[0]) {
      const bytes = this.#chunks.length === 1 ? this.#chunks[0] : Buffer.concat(this.#chunks);
      if (bytes === undefined) return;
      const end = next.answerEnd(bytes);
      this.#chunks = end === null ? [bytes] : bytes.length === end ? [] : [bytes.subarray(end)];
      if (end === null) return;
      this.#waiting.shift();
      next.resolve(bytes.subarray(0, end));
    }
    this.#hold(child, false);
  }

  /** Only a child that owes an answer may keep the process alive. */
  #hold(child: Child, held: boolean): void {
    for (const part of [child, child.stdin, child.stdout]) {
      if (!isHeld(part)) continue;
      if (held) part.ref();
      else part.unref();
    }
  }

  #lose(child: Child): void {
    if (this.#child === child) this.#child = null;
    const lost = this.#waiting;
    this.#waiting = [];
    for (const { reject } of lost) {
      reject(new BrokenPromise(`\`git ${this.#args.join(" ")}\` ended before it answered.`));
    }
  }
}

interface Held {
  ref(): void;
  unref(): void;
}

/** The pipes of a child are sockets, which the types do not say. */
function isHeld(part: object): part is Held {
  return "ref" in part && typeof part.ref === "function" && "unref" in part;
}
