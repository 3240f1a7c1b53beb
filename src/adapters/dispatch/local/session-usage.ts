import fs from "node:fs";
import path from "node:path";
import { z } from "zod";
import type { Usage } from "../../../core/shared/money.ts";
import type { Instant } from "../../../core/shared/names.ts";
import { writeAtomic } from "../../process/files.ts";
import { readSessionFile } from "../../process/session-files.ts";

const TOTAL_FILE = "thread-usage.json";

const totalSchema = z.object({
  vendorSession: z.string(),
  endedAt: z.number(),
  usage: z.object({
    usd: z.number().nullable(),
    inputTokens: z.number(),
    outputTokens: z.number(),
    turns: z.number(),
    cachedInputTokens: z.number().exactOptional(),
    cacheWriteTokens: z.number().exactOptional(),
  }),
});

/**
 * Usage of this session alone, where the program reports that of the whole thread it continued: what the session
 * before it in the thread had reported is taken off. Leaves its own total beside the stream for the one after it.
 */
export function usageOfThisSession(
  folder: string,
  thread: string,
  total: Usage,
  exit: { readonly startedAt: Instant; readonly endedAt: Instant },
): Usage {
  const own: z.infer<typeof totalSchema> = {
    vendorSession: thread,
    endedAt: exit.endedAt,
    usage: total,
  };
  writeAtomic(path.join(folder, TOTAL_FILE), JSON.stringify(own), "fleeting");
  const parent = path.dirname(folder);
  const earlier = fs
    .readdirSync(parent)
    .map((name) => readSessionFile(path.join(parent, name), TOTAL_FILE, totalSchema))
    .filter((found) => found?.vendorSession === thread && found.endedAt <= exit.startedAt)
    .reduce((a, b) => ((b?.endedAt ?? 0) > (a?.endedAt ?? 0) ? b : a), null);
  if (earlier === null) return total;
  return {
    usd: total.usd === null ? null : Math.max(0, total.usd - (earlier.usage.usd ?? 0)),
    inputTokens: Math.max(0, total.inputTokens - earlier.usage.inputTokens),
    outputTokens: Math.max(0, total.outputTokens - earlier.usage.outputTokens),
    turns: total.turns,
    ...lessOf("cachedInputTokens", total, earlier.usage),
    ...lessOf("cacheWriteTokens", total, earlier.usage),
  };
}

function lessOf(
  name: "cachedInputTokens" | "cacheWriteTokens",
  total: Usage,
  earlier: Usage,
): Partial<Record<typeof name, number>> {
  const all = total[name];
  return all === undefined ? {} : { [name]: Math.max(0, all - (earlier[name] ?? 0)) };
}
