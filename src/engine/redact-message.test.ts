import { expect, test } from "vitest";
import type { Message } from "../core/run/react.ts";
import { redactMessage } from "./redact-message.ts";

const hide = (text: string): string => text.replaceAll("sesame", "[…]");

test("texts lose their secrets, names stay", () => {
  const message: Message = {
    kind: "outcome",
    key: "sesame-1",
    outcome: {
      of: "BuildCandidate",
      result: { kind: "refused", paths: ["a/sesame.txt"], why: "sesame is in the way" },
    },
  };
  expect(redactMessage(message, hide)).toEqual({
    kind: "outcome",
    key: "sesame-1",
    outcome: {
      of: "BuildCandidate",
      result: { kind: "refused", paths: ["a/[…].txt"], why: "[…] is in the way" },
    },
  });
});

test("what a person said is looked at, who said it is not", () => {
  const command = {
    name: "answer",
    task: "sesame",
    text: "use sesame",
    flags: {},
    by: "sesame",
    from: "terminal",
  } as const;
  expect(redactMessage({ kind: "command", number: 1, command }, hide)).toEqual({
    kind: "command",
    number: 1,
    command: { ...command, text: "use […]" },
  });
});

test("nothing else changes: numbers, nulls, lists and absent values", () => {
  const message: Message = {
    kind: "outcome",
    key: "gates:1",
    outcome: {
      of: "RunGates",
      commit: "c1",
      tree: "t1",
      results: [
        {
          name: "test",
          kind: "test",
          ok: false,
          exitCode: null,
          durationMs: 12,
          failures: [],
          tail: "as it is",
          problem: "timeout",
        },
      ],
    },
  };
  expect(redactMessage(message, hide)).toEqual(message);
});
