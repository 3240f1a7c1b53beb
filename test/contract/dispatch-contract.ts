// What every dispatch promises (src/ports/dispatch.ts), whatever it runs sessions on.
import { setTimeout as wait } from "node:timers/promises";
import { afterEach, beforeEach, expect, test } from "vitest";
import type { Dispatch, SessionRequest } from "../../src/ports/dispatch.ts";

/** What the agent of a request does. */
export type Behaviour =
  /** Says "first words", works for a moment, ends with a report `complete`. */
  | "works"
  /** Ends with an exit code that is not 0, without a report. */
  | "fails"
  /** Says "waiting" and then nothing, for ever. */
  | "waits";

export interface DispatchUnderTest {
  readonly dispatch: Dispatch;
  /** A dispatch of another engine over the same sessions. */
  another(): Dispatch;
  request(
    session: string,
    behaviour: Behaviour,
    limits?: Partial<SessionRequest["limits"]>,
  ): SessionRequest;
  /** How often an agent was started for the session. */
  starts(session: string): number;
  dispose(): Promise<void>;
}

export function dispatchContract(create: () => Promise<DispatchUnderTest>): void {
  let world: DispatchUnderTest;
  beforeEach(async () => {
    world = await create();
  });
  afterEach(async () => {
    await world.dispose();
  });

  test("a session that does its work is finished, with its report and its last words", async () => {
    const outcome = await world.dispatch.run(world.request("1-s1", "works"));
    expect(outcome).toMatchObject({ session: "1-s1", end: "finished", exitCode: 0 });
    expect(outcome.report).toMatchObject({ status: "complete" });
    expect(outcome.lastWords).not.toBe("");
    expect(outcome.endedAt).toBeGreaterThanOrEqual(outcome.startedAt);
  });

  test("a session that fails is an answer, not an exception", async () => {
    const outcome = await world.dispatch.run(world.request("1-s1", "fails"));
    expect(outcome).toMatchObject({ end: "crashed", report: null });
    expect(outcome.detail).not.toBe("");
  });

  test("a finished session is answered from what it left, and not started again", async () => {
    const request = world.request("1-s1", "works");
    const first = await world.dispatch.run(request);
    expect(await world.dispatch.run(request)).toEqual(first);
    expect(await world.another().run(request)).toEqual(first);
    expect(world.starts("1-s1")).toBe(1);
  });

  test("two engines that start one session at once get one start and one answer", async () => {
    const request = world.request("1-s1", "works");
    const [one, two] = await Promise.all([
      world.dispatch.run(request),
      world.another().run(request),
    ]);
    expect(one).toEqual(two);
    expect(world.starts("1-s1")).toBe(1);
  });

  test("one engine that asks twice gets one start", async () => {
    const request = world.request("1-s1", "works");
    await Promise.all([world.dispatch.run(request), world.dispatch.run(request)]);
    expect(world.starts("1-s1")).toBe(1);
  });

  test("sessions of different names do not disturb each other", async () => {
    const outcomes = await Promise.all([
      world.dispatch.run(world.request("1-s1", "works")),
      world.dispatch.run(world.request("2-s1", "fails")),
      world.dispatch.run(world.request("3-s1", "works")),
    ]);
    expect(outcomes.map((outcome) => outcome.end)).toEqual(["finished", "crashed", "finished"]);
  });

  test("end() ends a live session, and its run answers `ended`", async () => {
    const request = world.request("1-s1", "waits");
    const running = world.dispatch.run(request);
    await expect
      .poll(() => world.dispatch.lastWords(request.run, "1-s1"), { timeout: 20_000 })
      .toBe("waiting");
    await world.dispatch.end(request.run, "1-s1", 2_000);
    expect(await running).toMatchObject({ session: "1-s1", end: "ended", report: null });
  });

  test("end() by another engine works as well, and may be repeated", async () => {
    const request = world.request("1-s1", "waits");
    const running = world.dispatch.run(request);
    await expect.poll(() => world.starts("1-s1"), { timeout: 20_000 }).toBe(1);
    const other = world.another();
    await other.end(request.run, "1-s1", 2_000);
    await other.end(request.run, "1-s1", 2_000);
    expect(await running).toMatchObject({ end: "ended" });
  });

  test("end() of a session nobody has started is nothing", async () => {
    await expect(world.dispatch.end("r1", "9-s9", 100)).resolves.toBeUndefined();
  });

  test("a session that says nothing for its silence limit ends with `stall`", async () => {
    const request = world.request("1-s1", "waits", { stallMs: 700, graceMs: 500 });
    expect(await world.dispatch.run(request)).toMatchObject({ end: "stall" });
  });

  test("a session that outlives its time limit ends with `wall`", async () => {
    const request = world.request("1-s1", "waits", { wallMs: 700, graceMs: 500 });
    expect(await world.dispatch.run(request)).toMatchObject({ end: "wall" });
  });

  test("a session goes on when its engine lets go, and another engine adopts it", async () => {
    const request = world.request("1-s1", "works");
    void world.dispatch.run(request);
    await expect.poll(() => world.starts("1-s1"), { timeout: 20_000 }).toBe(1);
    await world.dispatch.close();
    expect(await world.another().run(request)).toMatchObject({ end: "finished" });
    expect(world.starts("1-s1")).toBe(1);
  });

  test("a dispatch that was closed begins nothing any more", async () => {
    await world.dispatch.close();
    void world.dispatch.run(world.request("1-s1", "works"));
    await wait(600);
    expect(world.starts("1-s1")).toBe(0);
  });

  test("panic ends every session of the run and says how many processes it found", async () => {
    const request = world.request("1-s1", "waits");
    const running = world.dispatch.run(request);
    await expect
      .poll(() => world.dispatch.lastWords(request.run, "1-s1"), { timeout: 20_000 })
      .toBe("waiting");
    expect(await world.dispatch.panic(request.run)).toBeGreaterThan(0);
    expect(await running).toMatchObject({ end: "ended" });
    expect(await world.dispatch.panic(request.run)).toBe(0);
  });
}
