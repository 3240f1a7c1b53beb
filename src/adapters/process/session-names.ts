/** Names of the files in an attempt folder: the protocol between engine and session host. */
export const SessionFile = {
  /** Engine: what to start. */
  session: "session.json",
  /** Host: who has taken it, with pids and their start times. Exists once, never removed. */
  claim: "claim.json",
  /** Host, last of all: how it ended. */
  exit: "exit.json",
  /** Host: redacted stdout of the agent, line by line. */
  stream: "stream.jsonl",
  /** Host: newest lines of the stream, for views. */
  newest: "last-words.txt",
  /** Anybody: asks for the end; content: the grace in milliseconds. */
  end: "end",
  prompt: "prompt.md",
  result: "result.json",
} as const;

/** Variable that everything started by a session inherits; its value is `<run>/<session>`. */
export const SESSION_MARK = "CAIRN_SESSION_MARK";
/** The same for the owner's commands run by the engine; its value starts with `<run>/`. */
export const GATE_MARK = "CAIRN_GATE_MARK";
/** Beside either mark: which `.cairn` folder it is of, since runs of a copied repository have equal names. */
export const PLACE_MARK = "CAIRN_PLACE_MARK";
