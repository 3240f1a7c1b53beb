import { z } from "zod";
import { broken, failed, passed, skipped, type TestOutcome } from "./test-outcome.ts";

/** What vitest and jest have in common; both write more, and neither is held to it. */
const Report = z.object({
  testResults: z.array(
    z.object({
      name: z.string(),
      status: z.string(),
      message: z.string().nullish(),
      assertionResults: z.array(
        z.object({
          ancestorTitles: z.array(z.string()).nullish(),
          title: z.string(),
          status: z.string(),
          failureMessages: z.array(z.string()).nullish(),
        }),
      ),
    }),
  ),
});

type FileResult = z.infer<typeof Report>["testResults"][number];

/** Reads what `vitest --reporter=json` and `jest --json` write. */
export function readJsonReport(text: string): readonly TestOutcome[] | null {
  const report = Report.safeParse(parsed(text));
  return report.success ? report.data.testResults.flatMap(ofFile) : null;
}

/** The report may stand among other output: then it is what stands between the first and the last brace at a line's edge. */
function parsed(text: string): unknown {
  const from = text.search(/^\{/mu);
  try {
    return JSON.parse(from < 0 ? text : text.slice(from, text.lastIndexOf("}") + 1));
  } catch {
    return null;
  }
}

function ofFile({
  name: file,
  status,
  message,
  assertionResults,
}: FileResult): readonly TestOutcome[] {
  const outcomes = assertionResults.map((one) => {
    const told = { parts: [...(one.ancestorTitles ?? []), one.title], file };
    const words = (one.failureMessages ?? []).join("\n");
    switch (one.status) {
      case "passed":
        return passed(told);
      case "failed":
        return failed({ ...told, headline: words.split("\n", 2).join("\n"), body: words });
      default:
        return skipped({ ...told, why: one.status });
    }
  });
  if (status !== "failed" || outcomes.some(({ result }) => result === "failed")) return outcomes;
  // Red without a red test: it could not be loaded, or a hook of the whole file failed before its tests.
  const told = { parts: [file], file, headline: message ?? "", body: "" };
  if (outcomes.length === 0) return [broken(told)];
  const hook = failed(told);
  return [hook.reason === "unknown" ? { ...hook, reason: "error" } : hook, ...outcomes];
}
