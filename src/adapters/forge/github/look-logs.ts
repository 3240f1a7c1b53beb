import { z } from "zod";
import { redactText } from "../../process/redact.ts";
import { httpFailure } from "./failures.ts";
import { REPOSITORY, type ForgeContext } from "./forge-context.ts";

/** Ends of the logs of failed jobs; what was read once is not asked for again. */
export interface JobLogs {
  /** Empty where there is none, or where this token may not read it. */
  endOf(job: number): Promise<string>;
}

/** A log is written a moment after its job has ended; one that does not come then never comes. */
const TRIES_MAX = 3;
const LINES_BEFORE = 50;
const LINES_AFTER = 10;
const CHARACTERS_MAX = 4_000;

export function createJobLogs({ client, at }: ForgeContext): JobLogs {
  const known = new Map<number, Promise<string>>();
  const tries = new Map<number, number>();
  const read = async (job: number): Promise<string> => {
    const route = `GET ${REPOSITORY}/actions/jobs/{job_id}/logs`;
    try {
      return around(asText(await client.get(route, { ...at, job_id: job }, z.unknown())));
    } catch (error) {
      // Not kept any longer, not allowed, or the store of the logs is away: the check says that it failed, all the same.
      if (httpFailure(error) === null) throw error;
      return "";
    }
  };
  return {
    endOf: (job) => {
      const before = known.get(job);
      if (before !== undefined) return before;
      const asked = read(job);
      const count = (tries.get(job) ?? 0) + 1;
      tries.set(job, count);
      known.set(job, asked);
      const forget = (): void => void known.delete(job);
      asked.then((text) => {
        if (text === "" && count < TRIES_MAX) forget();
      }, forget);
      return asked;
    },
  };
}

function asText(data: unknown): string {
  if (data instanceof ArrayBuffer) return Buffer.from(data).toString("utf8");
  return typeof data === "string" ? data : "";
}

/** The lines around the last one that names an error; without one the last lines. */
function around(log: string): string {
  const lines = log.trimEnd().split(/\r?\n/u).map(withoutMarks);
  const last = lines.findLastIndex((line) =>
    /##\[error\]|\berror\b|\bfail(?:ed|ure)?\b/iu.test(line),
  );
  const end = last < 0 ? lines.length : Math.min(lines.length, last + 1 + LINES_AFTER);
  const start = Math.max(0, end - LINES_BEFORE - LINES_AFTER);
  return cutFront(redactText(lines.slice(start, end).join("\n")), CHARACTERS_MAX);
}

/** Each line begins with its time; colours are for terminals. */
function withoutMarks(line: string): string {
  return line
    .replace(/^\uFEFF?\d{4}-\d\d-\d\dT[\d:.]+Z ?/u, "")
    .replaceAll(new RegExp(String.raw`${String.fromCodePoint(27)}\[[\d;]*[A-Za-z]`, "gu"), "");
}

/** What went wrong stands at the end. */
export function cutFront(text: string, max: number): string {
  return text.length <= max ? text : `…${text.slice(1 - max)}`;
}
