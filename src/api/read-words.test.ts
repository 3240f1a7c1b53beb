import { expect, test } from "vitest";
import { RunStory } from "../../test/support/run-story.ts";
import { nearest } from "../config/nearest.ts";
import type { Run } from "../core/run/run.ts";
import type { Sender } from "./command-words.ts";
import { readWords, type ReadWords } from "./read-words.ts";

const ISSUES = ["1", "2", "#12", "4.2"].map((key) => ({ key, title: `Issue ${key}` }));

/** `1` asks about rounds, and where wanted `2` asks as an agent does. */
function asking(isAgentAsking = false): Run {
  const story = new RunStory().begun({ parallel: 4 }, ISSUES);
  story.started("1").accepted("1").asked("1", { text: "1 is not right." });
  if (!isAgentAsking) return story.run;
  const options = ["the first", "done-elsewhere"];
  return story
    .started("2")
    .sessionEnded("2", null)
    .asked("2", { kind: "agent", text: "Which one?", options, default: "the first" }).run;
}

function read(run: Run, line: string, from: Sender = "terminal"): ReadWords {
  return readWords({ run, from, prefix: "", now: 0, nearest }, line.split(" "));
}

test.each([
  ["pause", { name: "pause" }],
  ["panic now!", { name: "panic" }],
  ["cairn pause", { name: "pause" }],
  ["Fix 1", { name: "fix", task: "1" }],
  ["fix", { name: "fix", task: "1" }],
  // The core knows that findings may be passed by force although no question names the word.
  ["force", { name: "force", task: "1" }],
  ["skip 12 done by hand", { name: "skip", task: "#12", text: "done by hand" }],
  ["skip #1", { name: "skip", task: "1" }],
  ["skip no longer wanted", { name: "skip", task: "1", text: "no longer wanted" }],
  ["cancel 4.2", { name: "cancel", task: "4.2" }],
  ["answer fix", { name: "answer", task: "1", text: "fix" }],
  ["checkpoint before lunch", { name: "checkpoint", text: "before lunch" }],
])("%s is a word to the run", (line, word) => {
  expect(read(asking(), line)).toEqual({ kind: "word", word });
});

test("an answer that is no command is an answer, whoever asks for it", () => {
  expect(read(asking(true), "done-elsewhere")).toEqual({
    kind: "word",
    word: { name: "answer", task: "2", text: "done-elsewhere" },
  });
  expect(read(asking(true), "answer 2 the second one")).toEqual({
    kind: "word",
    word: { name: "answer", task: "2", text: "the second one" },
  });
});

test.each([
  ["aprove 1", /no command `aprove`/, "Did you mean `approve`?"],
  ["hello", /no command `hello`/, "`help` shows the words."],
  ["toString", /no command `toString`/, "`help` shows the words."],
  ["approve 99", /no task 99/, "1 asks, and takes: fix 1, approve 1, skip 1 (default), abort"],
  ["approve soon", /no task soon/, "Its tasks: 1, 2, #12, 4.2."],
  ["skip 4.9", /no task 4.9/, "Its tasks: 1, 2, #12, 4.2."],
  ["approve 1 2", /takes a task and nothing else/, ""],
  ["resolve", /No task asks for `resolve`/, "1 asks, and takes: fix 1, approve 1"],
  ["answer 1", /needs the answer: answer 1 WORDS/, "1 asks"],
  ["checkpoint", /needs a text/, ""],
])("%s is refused with what would fit", (line, why, hint) => {
  const answer = read(asking(), line);
  if (answer.kind !== "refused") throw new Error(`${line} was taken`);
  expect(answer.why).toMatch(why);
  expect(answer.hints.join("\n")).toContain(hint);
});

test("where several ask, the one that takes the word is meant, or one must be named", () => {
  expect(read(asking(true), "fix")).toMatchObject({ word: { task: "1" } });
  expect(read(asking(true), "answer it is the first")).toMatchObject({
    kind: "refused",
    why: "2 tasks ask: 1, 2.",
    hints: ["Name one: answer 1"],
  });
});

test("at the end of a phase `continue` is about the run, unless a task is named", () => {
  const run = asking();
  const story = new RunStory().begun({}, ISSUES);
  story.tell({ type: "PhaseEnded", phase: "Ground", next: "Roof" });
  expect(read(story.run, "continue")).toEqual({ kind: "word", word: { name: "continue" } });
  expect(read(story.run, "skip-phase")).toEqual({ kind: "word", word: { name: "skip-phase" } });
  expect(read(story.run, "continue 1")).toMatchObject({ word: { name: "continue", task: "1" } });
  expect(read(run, "continue")).toMatchObject({ kind: "refused" });
});

test("what may not be said from there is not taken", () => {
  expect(read(asking(), "approve 1", "mcp")).toMatchObject({ kind: "word" });
  expect(read(asking(), "fix 1", "mcp")).toMatchObject({
    kind: "refused",
    why: "fix cannot be said from mcp; only from terminal, dashboard, telegram.",
  });
});

test("views are no words to the run", () => {
  expect(read(asking(), "?")).toEqual({ kind: "view", name: "help", topic: null });
  expect(read(asking(), "help fix")).toEqual({ kind: "view", name: "help", topic: "fix" });
  expect(read(asking(), "status")).toEqual({ kind: "view", name: "status", topic: null });
});
