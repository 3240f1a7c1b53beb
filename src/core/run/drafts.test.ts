import { describe, expect, test } from "vitest";
import { aRun, happens, NOW, taskIn, tell } from "../../../test/support/a-run.ts";
import { decide } from "./decide.ts";
import type { Run, RunSettings, StoredStatus } from "./run.ts";

const FORGE = { kind: "github", opensDraft: true } as unknown as RunSettings["forge"] & object;
const READY = { number: 7, url: null, draft: false } as const;
const DRAFT = { type: "ReturnToDraft", key: "draft:1:n0", task: "1" } as const;

function panicked(status: StoredStatus): Run {
  return aRun({ forge: FORGE })
    .with({ status: "halted", panicked: true })
    .withTask("1", { status, head: "work-1", pullRequest: READY })
    .build();
}

const drafts = (run: Run, now = NOW): readonly string[] =>
  decide(run, now).actions.flatMap(({ type, key }) => (type === "ReturnToDraft" ? [key] : []));

describe("after a panic", () => {
  test("what looks ready is made a draft again, once", () => {
    const run = panicked("queued");
    expect(drafts(run)).toEqual(["draft:1:n0"]);
    run.effects.set(DRAFT.key, { key: DRAFT.key, action: DRAFT, startedAt: NOW });
    run.tasks.set("1", { ...taskIn(run, "1"), stepNo: 4 });
    expect(drafts(run)).toEqual([]);
  });

  test("a draft whose outcome is unknown is settled when the run goes on, and its task waits for that", () => {
    const run = panicked("merging");
    const step = { at: "candidate" } as const;
    run.tasks.set("1", { ...taskIn(run, "1"), step });
    run.effects.set(DRAFT.key, { key: DRAFT.key, action: DRAFT, startedAt: NOW });
    tell(run, DRAFT.key, { of: "Trouble", why: "the answer was lost", retryable: true });
    happens(run, { type: "RunResumed", by: "ada", afterPanic: true, acknowledged: false });
    expect(decide(run, NOW).actions).toEqual([]);
    const later = run.delayed.get(DRAFT.key)?.notBefore ?? 0;
    expect(decide(run, later).actions).toEqual([DRAFT]);
    expect(decide(run, NOW).wakeAt).toBe(later);
  });
});
