import { expect, test } from "vitest";
import { aRun, aSession, sessionEnded, taskIn, tell } from "../../../test/support/a-run.ts";
import { attentionOf } from "../report/attention.ts";

const SESSION = { at: "session", reminder: null, continues: null } as const;

test("what an author left out is named in the report, whatever a fixer says later", () => {
  const stepsBlocked = [{ step: "the cache", why: "no server here" }];
  const complete = sessionEnded("1");
  const report = { ...complete.report!, stepsBlocked };
  const run = aRun()
    .withTask("1", { status: "fixing", step: SESSION, report })
    .withEffect(aSession("1", { role: "fixer" }))
    .build();
  tell(run, "session:1:s1", complete);
  expect(attentionOf(run, [])).toEqual([]);
  run.tasks.set("1", { ...taskIn(run, "1"), status: "merged" });
  expect(attentionOf(run, [])).toContain("1 left out: the cache (no server here)");
});
