/** Equal steps in a row after which a session goes round in circles: waiting for something rarely takes as many. */
export const SAME_STEPS_MAX = 25;

/** What a session's own words tell while it goes on: the tokens it has used, and how often its last step was repeated. */
export class SessionProgress {
  /** Input and output together. */
  tokens = 0;
  /** How many steps in a row were equal, the last one included. */
  sameSteps = 0;

  readonly #usageLine: RegExp | null;
  readonly #stepLine: RegExp | null;
  readonly #perTurn = new Map<string, number>();
  #lastStep: string | null = null;

  constructor(lines: { readonly usageLine: string | null; readonly stepLine: string | null }) {
    this.#usageLine = lines.usageLine === null ? null : new RegExp(lines.usageLine);
    this.#stepLine = lines.stepLine === null ? null : new RegExp(lines.stepLine);
  }

  note(line: string): void {
    const used = this.#usageLine?.exec(line)?.groups;
    if (used !== undefined) this.#noteTokens(used);
    const step = this.#stepLine?.exec(line)?.groups?.["step"];
    if (step === undefined) return;
    this.sameSteps = step === this.#lastStep ? this.sameSteps + 1 : 1;
    this.#lastStep = step;
  }

  /** A turn is told in several lines: the newest one counts for it. */
  #noteTokens(groups: Readonly<Record<string, string | undefined>>): void {
    let tokens = 0;
    for (const [name, text] of Object.entries(groups))
      if (name.startsWith("tokens")) tokens += Number(text ?? 0);
    const turn = groups["turn"];
    if (turn === undefined) {
      this.tokens += tokens;
      return;
    }
    this.tokens += tokens - (this.#perTurn.get(turn) ?? 0);
    this.#perTurn.set(turn, tokens);
  }
}
