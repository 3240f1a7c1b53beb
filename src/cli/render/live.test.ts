import { setTimeout as wait } from "node:timers/promises";
import { Writable } from "node:stream";
import { stripVTControlCharacters } from "node:util";
import { expect, test } from "vitest";
import { RunStory } from "../../../test/support/run-story.ts";
import { openProgress, type ProgressParts } from "./live.ts";
import { lookOf, progressMode, type ProgressMode } from "./terminal.ts";

function screen(): { readonly out: NodeJS.WriteStream; readonly written: string[] } {
  const written: string[] = [];
  const out = new Writable({
    write: (chunk: Buffer, _encoding, done) => {
      written.push(String(chunk));
      done();
    },
  });
  return {
    out: Object.assign(out, {
      isTTY: true,
      columns: 80,
      rows: 40,
    }) as unknown as NodeJS.WriteStream,
    written,
  };
}

function partsFor(
  story: RunStory,
  mode: ProgressMode,
): { readonly parts: ProgressParts; readonly out: string[]; readonly err: string[] } {
  const out = screen();
  const err = screen();
  const look = { width: 80, colour: false, ascii: false };
  const rest = { now: Date.now, engine: () => null, lastWords: () => null, annotate: false };
  return {
    parts: { mode, run: story.run, out: out.out, err: err.out, look, ...rest },
    out: out.written,
    err: err.written,
  };
}

test("the live tree is drawn at most four times a second, and the whole of it stays at the end", async () => {
  const story = new RunStory().begun();
  const { parts, out } = partsFor(story, "tty");
  let pictures = 0;
  const countPicture = (): null => {
    pictures += 1;
    return null;
  };
  const progress = await openProgress({ ...parts, engine: countPicture });
  const started = Date.now();
  for (let index = 0; index < 60; index += 1) {
    progress.take(story.run, []);
    await wait(10);
  }
  expect(pictures).toBeGreaterThanOrEqual(2);
  expect(pictures).toBeLessThanOrEqual(Math.ceil((Date.now() - started) / 250) + 1);
  progress.end(story.run);
  const last = out.join("").split("Workers (m4)").at(-1) ?? "";
  expect(last).toContain("4.6  Handbook");
  const drawn = out.length;
  await wait(400);
  expect(out).toHaveLength(drawn);
});

test("what is typed is seen at once, below the tree, and so is what is said to it", async () => {
  const story = new RunStory().begun();
  const { parts, out } = partsFor(story, "tty");
  let pictures = 0;
  const engine = (): null => {
    pictures += 1;
    return null;
  };
  const progress = await openProgress({ ...parts, engine, typing: { hint: () => "help" } });
  await wait(20);
  expect(stripVTControlCharacters(out.join(""))).toMatch(/Handbook[^\n]*\n\n> {2}help\n$/);
  const drawn = pictures;
  const before = out.length;
  for (const text of ["f", "fi", "fix"])
    progress.typed({ text, cursor: text.length, entered: [], shown: 0 });
  progress.say("> fix\n  Not \u001B[2Jnow.");
  const words = stripVTControlCharacters(out.slice(before).join(""));
  expect(words).toContain("> fix ");
  expect(words).toContain("  Not now.\n");
  // Keys do not draw the tree anew; only what needs room does.
  expect(pictures - drawn).toBeLessThanOrEqual(1);
  progress.end(story.run);
  const last = out.join("").split("Workers (m4)").at(-1) ?? "";
  expect(last).not.toContain("> fix");
  const ended = out.length;
  progress.say("too late");
  progress.take(story.run, []);
  await wait(300);
  expect(out).toHaveLength(ended);
});

test("a help text is never taller than the terminal: the tree makes room", async () => {
  const story = new RunStory().begun();
  const { parts, out } = partsFor(story, "tty");
  const progress = await openProgress({ ...parts, typing: { hint: () => "help" } });
  await wait(20);
  const from = out.length;
  progress.say(Array.from({ length: 30 }, (_, at) => `line ${at}`).join("\n"));
  const last = stripVTControlCharacters(out.slice(from).join("")).split("\n");
  expect(last.length).toBeLessThanOrEqual(40);
  expect(last).toContain("line 0");
  progress.end(story.run);
});

test("plain progress writes only what is new, words of the host go to stderr", async () => {
  const story = new RunStory().begun();
  const { parts, out, err } = partsFor(story, "plain");
  const progress = await openProgress(parts);
  progress.prime(story.events);
  const known = story.events.length;
  story.started("4.1");
  progress.take(story.run, story.events.slice(known));
  progress.say("Pausing.");
  expect(out.join("")).toMatch(/^\d\d:\d\d:\d\d  4\.1     ready -> running  attempt 1 of 2\n$/);
  expect(err.join("")).toBe("Pausing.\n");
});

test("json progress is one event per line with its number and an ISO time", async () => {
  const story = new RunStory().created();
  const { parts, out } = partsFor(story, "json");
  const progress = await openProgress(parts);
  progress.take(story.run, story.events);
  expect(JSON.parse(out.join(""))).toMatchObject({
    seq: 1,
    at: "2026-11-21T06:40:00.000Z",
    type: "RunCreated",
  });
});

test("auto means the tree on a terminal that can redraw, lines elsewhere", () => {
  expect(progressMode("auto", { isTTY: true }, { TERM: "xterm" })).toBe("tty");
  expect(progressMode("auto", { isTTY: true }, { TERM: "dumb" })).toBe("plain");
  expect(progressMode("auto", { isTTY: true }, { TERM: "xterm", CI: "true" })).toBe("plain");
  expect(progressMode("auto", { isTTY: true, columns: 0 }, { TERM: "xterm" })).toBe("plain");
  expect(progressMode("auto", {}, {})).toBe("plain");
  expect(progressMode("json", { isTTY: true }, {})).toBe("json");
});

test("colour follows NO_COLOR, FORCE_COLOR and the stream, in this order", () => {
  expect(lookOf({ isTTY: true }, {}).colour).toBe(true);
  expect(lookOf({}, {}).colour).toBe(false);
  expect(lookOf({ isTTY: true, columns: 0 }, {}).width).toBe(80);
  expect(lookOf({ isTTY: true }, { NO_COLOR: "1", FORCE_COLOR: "1" }).colour).toBe(false);
  expect(lookOf({ isTTY: true }, { NO_COLOR: "" }).colour).toBe(true);
  expect(lookOf({}, { FORCE_COLOR: "1" }).colour).toBe(true);
  expect(lookOf({}, { CLICOLOR_FORCE: "1" }).colour).toBe(true);
  expect(lookOf({ isTTY: true }, {}, "never").colour).toBe(false);
  expect(lookOf({ isTTY: true }, { LANG: "C" }).ascii).toBe(true);
  expect(lookOf({ isTTY: true }, { LANG: "de_DE.UTF-8" }).ascii).toBe(false);
});
