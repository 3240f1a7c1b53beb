import { expect, test } from "vitest";
import { newestWords, transcriptLine } from "./transcript.ts";

test("what an agent says and does is read from each program's stream", () => {
  const assistant = {
    type: "assistant",
    message: {
      content: [
        { type: "text", text: "I look\nfirst." },
        { type: "tool_use", name: "Bash", input: { command: "npm test" } },
      ],
    },
  };
  expect(transcriptLine(JSON.stringify(assistant))).toBe("I look first.\nBash: npm test");
  const failed = {
    type: "user",
    message: {
      content: [
        { type: "tool_result", is_error: true, content: [{ type: "text", text: "exit 1" }] },
      ],
    },
  };
  expect(transcriptLine(JSON.stringify(failed))).toBe("  failed: exit 1");
  const command = {
    type: "item.completed",
    item: { type: "command_execution", command: "cargo test", exit_code: 101 },
  };
  expect(transcriptLine(JSON.stringify(command))).toBe("$ cargo test (exit 101)");
  const change = {
    type: "item.completed",
    item: { type: "file_change", changes: [{ path: "a.rs" }, { path: "b.rs" }] },
  };
  expect(transcriptLine(JSON.stringify(change))).toBe("edit: a.rs\nedit: b.rs");
  expect(transcriptLine(JSON.stringify({ type: "turn", words: "write: a.txt" }))).toBe(
    "write: a.txt",
  );
});

test("plain text stays, noise and unknown events are left out, nothing throws", () => {
  expect(transcriptLine("Compiling \u001B[32mok\u001B[0m")).toBe("Compiling ok");
  expect(transcriptLine("")).toBeNull();
  expect(transcriptLine('{"type":"system","subtype":"init"}')).toBeNull();
  expect(transcriptLine('{"type":"assistant","message":7}')).toBeNull();
  expect(transcriptLine('{"type":"item.completed"')).toBe('{"type":"item.completed"');
  expect(transcriptLine("[1,2]")).toBe("[1,2]");
});

test("the newest words are the last line that says something", () => {
  const lines = [
    { type: "turn", words: "write: a.txt" },
    { type: "turn", words: "commit: done" },
    { type: "usage" },
  ];
  expect(newestWords(lines.map((line) => JSON.stringify(line)).join("\n"))).toBe("commit: done");
  expect(newestWords("")).toBeNull();
});
