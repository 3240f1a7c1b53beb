import { spawn, type ChildProcessByStdio } from "node:child_process";
import type { Readable, Writable } from "node:stream";
import { UserError } from "../../errors.ts";
import { redactText } from "../process/redact.ts";

/** Answers the bytes of the first whole answer at the start of `bytes`, or null while it is incomplete. */
export type AnswerEnd = (bytes: Buffer) => number | null;

interface Waiting {
  readonly answerEnd: AnswerEnd;
  readonly resolve: (answer: Buffer) => void;
  readonly reject: (error: Error) => void;
}

type Child = ChildProcessByStdio<Writable, Readable, Readable>;

/** One child with what it owes: an old one that is still ending must not take answers from its successor. */
interface Running {
  readonly child: Child;
  waiting: Waiting[];
  chunks: Buffer[];
  /** The end of what it said on stderr. */
  words: string;
}

const WORDS_MAX = 2_000;

/**
 * A git child that answers one question after the other, so that a question costs a tenth of a process. Started at
 * the first question, again if it died; it keeps nothing alive: neither the event loop nor a lock. `program`: another
 * one than git, which asks git itself.
 */
export class GitServer {
  readonly #args: readonly string[];
  readonly #cwd: string;
  readonly #env: Readonly<Record<string, string>>;
  readonly #program: string;
  #running: Running | null = null;

  constructor(
    args: readonly string[],
    cwd: string,
    env: Readonly<Record<string, string>>,
    program = "git",
  ) {
    this.#args = args;
    this.#cwd = cwd;
    this.#env = env;
    this.#program = program;
  }

  /**
   * Questions asked together are answered in order.
   * @throws UserError `git/died` when the child ends before it has answered, with its words.
   */
  ask(question: string, answerEnd: AnswerEnd): Promise<Buffer> {
    return new Promise((resolve, reject) => {
      const running = this.#running ?? this.#start();
      if (running.waiting.length === 0) hold(running.child, true);
      running.waiting.push({ answerEnd, resolve, reject });
      running.child.stdin.write(question);
    });
  }

  /** Starts the child ahead of the first question, which then does not wait for it. */
  prepare(): void {
    if (this.#running !== null) return;
    hold(this.#start().child, false);
  }

  /** For questions that may be repeated: one whose child died is asked once more, of a new one. */
  async askAgain(question: string, answerEnd: AnswerEnd): Promise<Buffer> {
    try {
      return await this.ask(question, answerEnd);
    } catch (error) {
      if (!(error instanceof UserError)) throw error;
      return this.ask(question, answerEnd);
    }
  }

  /** Ends the child; resolves when it is gone. A later question starts a new one. */
  async close(): Promise<void> {
    const running = this.#running;
    if (running === null) return;
    this.#running = null;
    await new Promise<void>((resolve) => {
      hold(running.child, true);
      running.child.once("close", () => resolve());
      running.child.stdin.end();
    });
  }

  #start(): Running {
    const child = spawn(this.#program, [...this.#args], {
      cwd: this.#cwd,
      env: this.#env,
      stdio: ["pipe", "pipe", "pipe"],
    });
    const running: Running = { child, waiting: [], chunks: [], words: "" };
    this.#running = running;
    child.stdout.on("data", (chunk: Buffer) => read(running, chunk));
    child.stderr.on("data", (chunk: Buffer) => {
      running.words = `${running.words}${chunk.toString("utf8")}`.slice(-WORDS_MAX);
    });
    child.stdin.on("error", () => undefined);
    child.on("error", () => this.#lose(running));
    child.on("close", () => this.#lose(running));
    return running;
  }

  #lose(running: Running): void {
    if (this.#running === running) this.#running = null;
    const lost = running.waiting;
    running.waiting = [];
    for (const { reject } of lost) {
      const call = `${this.#program} ${this.#args.join(" ")}`;
      reject(
        new UserError("git/died", `\`${call}\` ended before it answered.`, {
          hints: ["Ask again; if it dies again, read git's words and look at memory and disk."],
          ...(running.words === "" ? {} : { quote: redactText(running.words.trim()) }),
        }),
      );
    }
  }
}

function read(running: Running, chunk: Buffer): void {
  running.chunks.push(chunk);
  for (let next = running.waiting[0]; next !== undefined; next = running.waiting[0]) {
    const bytes = running.chunks.length === 1 ? running.chunks[0] : Buffer.concat(running.chunks);
    if (bytes === undefined) return;
    const end = next.answerEnd(bytes);
    running.chunks = end === null ? [bytes] : bytes.length === end ? [] : [bytes.subarray(end)];
    if (end === null) return;
    running.waiting.shift();
    next.resolve(bytes.subarray(0, end));
  }
  hold(running.child, false);
}

/** Only a child that owes an answer may keep the process alive. */
function hold(child: Child, held: boolean): void {
  for (const part of [child, child.stdin, child.stdout, child.stderr]) {
    if (!isHeld(part)) continue;
    if (held) part.ref();
    else part.unref();
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
