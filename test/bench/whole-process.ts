import { spawn } from "node:child_process";
import fs from "node:fs";
import path from "node:path";

export interface Whole {
  readonly wallMs: number;
  readonly code: number | null;
  /** Of the process itself and of the session host it started, in MB; 0 where they were not watched. */
  readonly peakMb: number;
  readonly hostPeakMb: number;
}

export interface WholeRequest {
  readonly file: string;
  readonly args: readonly string[];
  readonly cwd: string;
  readonly env: Readonly<Record<string, string>>;
  /** Pins the process and its children to this core. */
  readonly core?: number;
  readonly watchMemory?: boolean;
}

const WATCH_MS = 100;

/** Runs a program from start to exit, its words thrown away; the time is that of the whole process. */
export function runWhole(request: WholeRequest): Promise<Whole> {
  const { core, cwd, env } = request;
  const words = core === undefined ? [] : ["taskset", "-c", String(core)];
  const [file = "", ...args] = [...words, request.file, ...request.args];
  return new Promise((resolve, reject) => {
    const startedAt = performance.now();
    const child = spawn(file, args, { cwd, env, stdio: "ignore" });
    const watcher = request.watchMemory === true ? watchMemory(child.pid ?? 0) : null;
    child.on("error", reject);
    child.on("exit", (code) => {
      const wallMs = performance.now() - startedAt;
      resolve({ wallMs, code, ...(watcher?.() ?? { peakMb: 0, hostPeakMb: 0 }) });
    });
  });
}

/** The same, refusing a failed program. */
export async function runWell(request: WholeRequest): Promise<Whole> {
  const whole = await runWhole(request);
  if (whole.code === 0) return whole;
  throw new Error(`${request.file} ${request.args.join(" ")} ended with ${String(whole.code)}.`);
}

/** Looks at the high-water mark now and then; answers the last seen. */
function watchMemory(pid: number): () => Pick<Whole, "peakMb" | "hostPeakMb"> {
  let peakMb = 0;
  let hostPeakMb = 0;
  const timer = setInterval(() => {
    peakMb = Math.max(peakMb, highWaterMb(pid));
    for (const child of childrenOf(pid))
      if (isSessionHost(child)) hostPeakMb = Math.max(hostPeakMb, highWaterMb(child));
  }, WATCH_MS);
  return () => {
    clearInterval(timer);
    return { peakMb, hostPeakMb };
  };
}

function highWaterMb(pid: number): number {
  const found = /^VmHWM:\s+(\d+) kB/m.exec(readText(`/proc/${pid}/status`));
  return Number(found?.[1] ?? 0) / 1024;
}

function childrenOf(pid: number): readonly number[] {
  const text = readText(`/proc/${pid}/task/${pid}/children`);
  return text
    .split(" ")
    .filter((word) => word !== "")
    .map(Number);
}

function isSessionHost(pid: number): boolean {
  const words = readText(`/proc/${pid}/cmdline`).split("\0");
  return words.some((word) => path.basename(word).startsWith("session-host."));
}

function readText(file: string): string {
  try {
    return fs.readFileSync(file, "utf8");
  } catch {
    // Gone in the meantime.
    return "";
  }
}
