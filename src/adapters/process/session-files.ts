import path from "node:path";
import { z } from "zod";
import { readIfThere } from "./files.ts";

export { GATE_MARK, PLACE_MARK, SESSION_MARK, SessionFile } from "./session-names.ts";

const identitySchema = z.object({ pid: z.int().positive(), start: z.string() }).readonly();

export const sessionFileSchema = z
  .object({
    mark: z.string(),
    agent: z.string(),
    file: z.string(),
    args: z.array(z.string()).readonly(),
    env: z.record(z.string(), z.string()),
    /** Values never to be written down, beside those of variables named like secrets. */
    secrets: z.array(z.string()).readonly().default([]),
    stdin: z.string(),
    cwd: z.string(),
    limits: z.object({
      wallMs: z.number(),
      stallMs: z.number(),
      turns: z.number(),
      outputBytes: z.number(),
      tokens: z.number().nullable().default(null),
      graceMs: z.number(),
    }),
    /** A line that counts as a turn; its first group, if any, tells turns apart. */
    turnLine: z.string().nullable(),
    /** A line that tells tokens: the groups `tokens…`, and `turn` to tell turns apart. */
    usageLine: z.string().nullable().default(null),
    /** A line that tells of a step; its group `step` is equal for equal steps. */
    stepLine: z.string().nullable().default(null),
    /** A line after which the agent has nothing more to say. */
    finalLine: z.string().nullable(),
    firstSignal: z.enum(["SIGINT", "SIGTERM"]),
  })
  .readonly();
/** Everything a host must know to start a session. */
export type SessionFileContent = z.infer<typeof sessionFileSchema>;

export const claimSchema = z
  .object({
    host: identitySchema,
    agent: identitySchema.nullable(),
    /** Private temporary directory, removed at the end. */
    temporary: z.string().nullable(),
    /** What its processes are known by where their environment is gone; null: nothing. */
    kin: z.int().nullable().default(null),
    /** Which `.cairn` folder it was made in: a copied one has copies of claims. Null: by an older version. */
    place: z.string().nullable().default(null),
    startedAt: z.number(),
  })
  .readonly();
export type Claim = z.infer<typeof claimSchema>;

const secretFoundSchema = z
  .object({ rule: z.string(), path: z.string(), line: z.number(), fingerprint: z.string() })
  .readonly();

export const exitSchema = z
  .object({
    /** Why the session was ended from outside; null: it ended by itself. */
    cause: z
      .enum(["wall", "stall", "turns", "output", "cost", "loop", "ended", "lost", "start-failed"])
      .nullable(),
    code: z.number().nullable(),
    signal: z.string().nullable(),
    /** Redacted tail of stderr. */
    stderr: z.string(),
    /** A sentence about what went wrong around the session, if anything. */
    problem: z.string().nullable(),
    startedAt: z.number(),
    endedAt: z.number(),
    /** Processes found and ended after the agent itself was gone. */
    swept: z.number(),
    /** Secrets worth stopping for that were taken out of what it printed; absent: none. */
    secrets: z.array(secretFoundSchema).readonly().optional(),
  })
  .readonly();
export type SessionExit = z.infer<typeof exitSchema>;
export type EndCause = NonNullable<SessionExit["cause"]>;

export const hostOrderSchema = z.union([
  z.object({ start: z.string() }),
  z.object({ end: z.string(), graceMs: z.number() }),
]);

export const hostWordSchema = z.union([
  z.object({ over: z.string() }),
  z.object({ refused: z.string(), why: z.string() }),
]);

/** One line between engine and host; null: not a message of this protocol. */
export function readMessage<T>(line: string, schema: z.ZodType<T>): T | null {
  return parseJson(line, schema);
}

/** Null: not there, or not readable as what it should be. */
export function readSessionFile<T>(folder: string, name: string, schema: z.ZodType<T>): T | null {
  const text = readIfThere(path.join(folder, name));
  return text === null ? null : parseJson(text, schema);
}

function parseJson<T>(text: string, schema: z.ZodType<T>): T | null {
  try {
    return schema.safeParse(JSON.parse(text)).data ?? null;
  } catch {
    return null;
  }
}
