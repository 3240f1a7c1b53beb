import { table } from "./corrections-words.ts";

/** Answers without an issue in them. */
export type Said =
  | "approve"
  | "abort"
  | "yes"
  | "no"
  | "help"
  | "undo"
  | "serialise"
  | "parallel"
  | "answer"
  | "show";

export const SAID: ReadonlyMap<string, Said> = table<Said>([
  [
    "approve",
    "approve|approved|approve it|i approve|approve the plan|accept|lgtm|looks good|looks good to me|go|go ahead|take it|run it|all good|fine",
  ],
  ["abort", "abort|quit|exit|cancel|stop|q|abort it|never mind"],
  ["yes", "yes|y|ok|okay|sure|yep|yes please|right|correct"],
  ["no", "no|n|nope|no thanks|wrong"],
  ["help", "help|?|h|what can i say"],
  ["undo", "undo|undo that|undo the last|take back|take it back|back"],
  [
    "serialise",
    "serialise|serialize|serial|in a row|one after another|one after the other|all in a row|put them in a row|one by one",
  ],
  [
    "parallel",
    "all independent|all are independent|they are independent|everything is independent|all of them are independent|side by side",
  ],
  [
    "parallel",
    "parallel|in parallel|all in parallel|nothing collides|they do not collide|no edges|they don't collide|no dependencies",
  ],
  ["answer", "answer|add words|answer them"],
  ["show", "show|show the plan|show plan|show it|plan"],
]);
