import { expect, test } from "vitest";
import { RunStory } from "../../test/support/run-story.ts";
import { reactToCommand } from "../core/run/react-command.ts";
import type { Run } from "../core/run/run.ts";
import { commandWord, COMMAND_WORDS, isEngineWord } from "./command-words.ts";
import { wordsNow } from "./words-now.ts";

const ISSUES = [
  { key: "1", title: "One" },
  { key: "2", title: "Two", needs: ["1"] },
];

const begun = (): RunStory => new RunStory().begun({}, ISSUES);

const STORIES: readonly (readonly [string, Run])[] = [
  ["planning", new RunStory().created().planned(ISSUES).run],
  ["running", begun().started("1").run],
  ["asking", begun().started("1").accepted("1").asked("1", { text: "Not right." }).run],
  ["failed", begun().started("1").failedFor("1", "No word.").run],
  ["draining", begun().started("1").tell({ type: "DrainRequested", by: "ada" }).run],
  ["halted", begun().started("1").tell({ type: "PanicRaised", by: "ada" }).run],
];

function allowed(run: Run): Readonly<Record<string, readonly string[]>> {
  const now = wordsNow(run, "terminal", 0).filter((each) => each.allowed);
  return Object.fromEntries(now.map(({ word, tasks }) => [word.name, tasks]));
}

test("what asks can be answered with its own words, and with no others", () => {
  const run = STORIES.find(([name]) => name === "asking")?.[1] ?? begun().run;
  const words = allowed(run);
  expect(words).toMatchObject({ approve: ["1"], fix: ["1"], skip: ["1", "2"], answer: ["1"] });
  expect(Object.keys(words)).not.toContain("resolve");
  expect(Object.keys(words)).not.toContain("skip-phase");
});

test("words about the run fit by its status, and say why not", () => {
  const halted = wordsNow(STORIES.at(-1)?.[1] ?? begun().run, "terminal", 0);
  const why = (name: string): string | null =>
    halted.find(({ word }) => word.name === name)?.why ?? null;
  expect(why("resume")).toMatch(/cairn resume --after-panic/);
  expect(why("pause")).toMatch(/nothing to pause/);
  expect(why("fix")).toBe("only while a task asks and names it among its answers");
});

test.each(STORIES)(
  "in a run that is %s whatever is offered is taken, and the rest is not",
  (_name, run) => {
    for (const { word, allowed: isAllowed, tasks } of wordsNow(run, "terminal", 0)) {
      if (!isEngineWord(word.name)) continue;
      const { name } = word;
      const text = name === "answer" ? "skip" : null;
      const said = { name, text, flags: {}, by: "ada", from: "terminal" } as const;
      const targets = word.scope === "run" ? [null] : [...run.tasks.keys()];
      const taken = targets.filter((task) => reactToCommand(run, { ...said, task }, 0).accepted);
      expect([name, word.scope === "run" ? isAllowed : tasks]).toEqual([
        name,
        word.scope === "run" ? taken.length > 0 : taken,
      ]);
    }
  },
);

test("the table names every word once, and each with what a person needs to know", () => {
  const names = COMMAND_WORDS.map(({ name }) => name);
  expect(new Set(names).size).toBe(names.length);
  for (const word of COMMAND_WORDS) {
    expect(word.from).toContain("terminal");
    expect(word.help).not.toMatch(/\.$/);
  }
  expect(commandWord("FIX")?.name).toBe("fix");
  expect(commandWord("constructor")).toBeUndefined();
});
