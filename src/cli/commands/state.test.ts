import fs from "node:fs";
import path from "node:path";
import { DatabaseSync } from "node:sqlite";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import type { StateCheckJson } from "../../api/state-checks-json.ts";
import { CommandWorld } from "../../../test/support/command-world.ts";
import { RunStory, type StoryIssue } from "../../../test/support/run-story.ts";

const ISSUES: readonly StoryIssue[] = [
  { key: "1", title: "One" },
  { key: "2", title: "Two" },
];

let world: CommandWorld;
beforeEach(() => {
  world = new CommandWorld();
});
afterEach(() => {
  world.remove();
});

/** Nothing is under way, and nothing of it is in git. */
function planned(): RunStory {
  return new RunStory().begun({}, ISSUES);
}

function edit(sql: string): void {
  const database = new DatabaseSync(path.join(world.cairnFolder, "cairn.db"));
  database.exec(sql);
  database.close();
}

/** What is off, by name, after the checks of a run's own branches, which these stories do not make. */
async function off(...options: readonly string[]): Promise<readonly StateCheckJson[]> {
  const { out } = await world.run("state", "validate", "--json", ...options);
  const document: { checks: readonly StateCheckJson[] } = JSON.parse(out);
  return document.checks.filter((check) => check.result === "off");
}

/** Words of the marks in a printed snapshot. */
function textsIn(out: string): readonly string[] {
  const document: { checkpoints: readonly { text: string }[] } = JSON.parse(out);
  return document.checkpoints.map((mark) => mark.text);
}

function broken(checks: readonly StateCheckJson[]): readonly StateCheckJson[] {
  return checks.filter((check) => check.words.includes("does not hold"));
}

describe("state validate", () => {
  test("where nothing was run everything fits", async () => {
    const shown = await world.run("state", "validate");
    expect(shown).toMatchObject({ code: 0 });
    expect(shown.out).toContain("fine    log: nothing was run here yet\n");
    expect(shown.out).toMatch(/Everything fits\.\n$/);
  });

  test("names a gap in the log, the run and the event", async () => {
    const story = planned();
    world.store(story);
    edit("DELETE FROM events WHERE seq = 3");
    const [first] = await off();
    expect(first).toMatchObject({
      name: `run ${story.run.id}`,
      words: `The log of ${story.run.id} does not hold: event 3 is missing: 4 follows 2.`,
    });
    expect(await world.run("state", "validate")).toMatchObject({ code: 1 });
    await expect(world.run("state", "show")).rejects.toMatchObject({
      code: "state/broken",
      exitCode: 1,
    });
  });

  test.each([
    ["'{'", "event 2 is not an object with a type"],
    [`'{"type":"Drained"}'`, "event 2 says it is Drained, its row says EngineStarted"],
  ])("names an event that became %s", async (event, words) => {
    world.store(planned());
    edit(`UPDATE events SET event = ${event} WHERE seq = 2`);
    expect((await off())[0]?.words).toContain(words);
  });

  test("names an event that the state machine does not allow", async () => {
    world.store(planned());
    edit(`UPDATE events SET event = '{"type":"Drained"}', type = 'Drained' WHERE seq = 2`);
    expect((await off())[0]?.words).toContain("Drained is not legal here: the run is planning.");
  });

  test("names a branch of an open run that is gone, with the command that puts it back", async () => {
    const story = planned();
    world.store(story);
    const { branch = "", head = "" } = story.run.integration ?? {};
    expect((await off()).map((check) => check.mend)).toContain(
      `Put it back, then go on: git branch ${branch} ${head.slice(0, 10)} && cairn resume`,
    );
  });

  test("says of a damaged file where it will be kept aside, and touches nothing", async () => {
    world.store(planned());
    const file = path.join(world.cairnFolder, "cairn.db");
    fs.rmSync(`${file}-wal`, { force: true });
    fs.writeFileSync(file, "no database at all, and long enough to be looked at ".repeat(40));
    const before = fs.readFileSync(file);
    const [log] = await off();
    expect(log?.words).toContain(`${file} is damaged`);
    expect(log?.mend).toContain(`${file}.damaged-1`);
    await off("--fix");
    expect(fs.readFileSync(file).equals(before)).toBe(true);
    expect(fs.existsSync(`${file}.damaged-1`)).toBe(false);
  });

  test("--deep holds every step of a story, and finds a receipt without a beginning", async () => {
    const story = planned();
    world.store(story);
    expect(broken(await off("--deep"))).toEqual([]);
    const event = `{"type":"EffectFinished","key":"nobody","outcome":"done"}`;
    edit(
      `INSERT INTO events (run, seq, at, type, event) SELECT run, max(seq) + 1, max(at) + 1, 'EffectFinished', '${event}' FROM events`,
    );
    expect(broken(await off())).toEqual([]);
    expect(broken(await off("--deep"))[0]?.words).toContain("I7 is broken after event");
  });

  test("mends the line that keeps .cairn out of git, and only says so once", async () => {
    fs.mkdirSync(world.cairnFolder);
    expect((await off()).map(({ name, fixable }) => [name, fixable])).toEqual([["exclude", true]]);
    const mended = await world.run("state", "validate", "--fix");
    expect(mended).toMatchObject({ code: 0 });
    expect(mended.out).toMatch(/Everything fits\. 1 thing mended\.\n$/);
    expect(await off()).toEqual([]);
  });

  test("counts what waits in the inbox as a note", async () => {
    const story = planned();
    world.store(story);
    edit(
      `INSERT INTO inbox (run, at, command) VALUES ('${story.run.id}', 1, '{"name":"pause"}'), ('${story.run.id}', 2, '7')`,
    );
    const { out } = await world.run("state", "validate");
    expect(out).toContain(`note    inbox: 1 command(s) wait for ${story.run.id}`);
    expect(out).toContain(`off     inbox: Entry 2 for the run ${story.run.id} is not a command.`);
  });
});

describe("state checkpoint", () => {
  test("appends to the log itself where nobody works, and prints the snapshot", async () => {
    const story = planned();
    world.store(story);
    const { out, code } = await world.run("state", "checkpoint", "before lunch");
    expect(code).toBe(0);
    expect(textsIn(out)).toEqual(["before lunch"]);
    const shown = await world.run("state", "show");
    expect(JSON.parse(shown.out)).toEqual(JSON.parse(out));
    expect(JSON.parse(out)).toMatchObject({ run: { seq: story.run.seq + 1, status: "running" } });
  });

  test("is taken by the engine where one is live", async () => {
    const story = planned();
    world.store(story);
    world.hold(story.run.id, "answers");
    const { out } = await world.run("state", "checkpoint", "while it works");
    expect(textsIn(out)).toEqual(["while it works"]);
  });

  test("is stored where the engine works on another run", async () => {
    world.store(planned());
    world.hold("another", "hangs");
    const { out, told } = await world.run("state", "checkpoint", "later");
    expect(textsIn(out)).toEqual([]);
    expect(told).toContain("Stored: an engine works on another run");
  });

  test.each([[""], ["   "], ["x".repeat(1_001)]])("refuses a text like %j", async (text) => {
    world.store(planned());
    await expect(world.run("state", "checkpoint", text)).rejects.toMatchObject({
      code: "state/no-text",
    });
  });
});

test.each([
  [["state", "frob"], "`cairn state` knows no `frob`."],
  [["state", "show", "--fix"], "`cairn state show` takes no --fix."],
  [["state", "show", "words"], "`cairn state show` takes no text."],
  [["state", "show", "--format", "yaml"], '--format cannot be "yaml".'],
])("%j is wrong usage", async ([name = "", ...words], message) => {
  world.store(planned());
  await expect(world.run(name, ...words)).rejects.toMatchObject({ code: "cli/usage", message });
});
