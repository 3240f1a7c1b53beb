import type { GateCommand } from "../core/execute/gates.ts";
import type { ParsedConfig } from "./schema.ts";
import { recogniseGates } from "./recognise-gates.ts";
import type { WrittenGate } from "./sections/checks.ts";

/** A gate with everything filled in. */
export interface Gate extends GateCommand {
  /** JUnit file the command writes. */
  readonly junit: string | null;
}

/** Fills in names, kinds and time limits; without written gates those of the repository are recognised. */
export function completeGates(written: ParsedConfig["gates"], root: string) {
  const complete = (gates: readonly WrittenGate[]) =>
    gates.map((gate) => asGate(gate, written.timeoutMs));
  const recognised = written.preMerge.length === 0;
  const preMerge = complete(recognised ? recogniseGates(root) : written.preMerge);
  const postMerge = written.postMerge.length === 0 ? preMerge : complete(written.postMerge);
  return { ...written, preMerge, postMerge, recognised };
}

const KIND_WORDS: readonly (readonly [GateCommand["kind"], RegExp])[] = [
  ["typecheck", /\b(tsc|type-?check|types|mypy|pyright|cargo check|vue-tsc|flow check)\b/],
  ["lint", /\b(\w*lint\w*|clippy|ruff|vet|fmt|format|prettier|biome|flake8|black|rubocop)\b/],
  ["test", /\b(tests?|pytest|vitest|jest|mocha|tox|rspec|nextest|playwright)\b/],
  ["build", /\b(build|compile|bundle|package)\b/],
];

/** The shell's own `test` where a command begins: it looks at a file or a value and runs no tests. */
const SHELL_TEST = /(^|[;&|(!]|\b(?:if|elif|while|until|then|else|do)\b)(\s*)test(?=\s)/g;

/** What kind of check a command is, guessed from its words. */
export function guessKind(command: string): GateCommand["kind"] {
  const words = command.toLowerCase().replace(SHELL_TEST, "$1$2[");
  return KIND_WORDS.find(([, pattern]) => pattern.test(words))?.[0] ?? "other";
}

function asGate(written: WrittenGate, timeoutMs: number): Gate {
  const gate = typeof written === "string" ? { run: written } : written;
  return {
    name: gate.name ?? gate.run,
    run: gate.run,
    kind: gate.kind ?? guessKind(gate.run),
    timeoutMs: gate.timeoutMs ?? timeoutMs,
    junit: gate.report ?? null,
  };
}
