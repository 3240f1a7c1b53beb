import type { z } from "zod";

/** One line of a JSONL stream by its schema; null: not JSON, or nothing this adapter knows. Never throws. */
export function readJsonLine<T>(line: string, schema: z.ZodType<T>): T | null {
  if (!line.startsWith("{")) return null;
  try {
    return schema.safeParse(JSON.parse(line)).data ?? null;
  } catch {
    return null;
  }
}

/** True for roles that look and never change anything. */
export function isReadOnly(role: string): boolean {
  return /-reviewer$|^test-checker$|^summariser$|^planner$/.test(role);
}
