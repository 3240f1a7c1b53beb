import { expect, test } from "vitest";
import type { Message } from "../core/run/react.ts";
import { redactMessage } from "./redact-message.ts";

const hide = (text: string): string => text.replaceAll("sesame", "[…]");

function prepared(path: string): Message {
  return {
    kind: "outcome",
    key: "prepare:1",
    outcome: { of: "PrepareWorkspace", workspace: { path, head: "c1" } },
  };
}

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

test("refs that an agent moved and files it named are told without what their names hide, folders stay", () => {
  const breach = { ref: "refs/heads/release/sesame", keptAs: "refs/cairn/breach/sesame-1" };
  const told = redactMessage(
    {
      kind: "outcome",
      key: "gates:1",
      outcome: { of: "RunGates", commit: "c1", tree: "t1", results: [], breaches: [breach] },
    },
    hide,
  );
  expect(told).toMatchObject({
    outcome: {
      breaches: [{ ref: "refs/heads/release/[…]", keptAs: "refs/cairn/breach/[…]-1" }],
    },
  });
  expect(redactMessage(prepared("/home/sesame/1"), hide)).toEqual(prepared("/home/sesame/1"));
  expect(redactMessage(prepared("src/sesame.ts"), hide)).toEqual(prepared("src/[…].ts"));
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
