import { CODE_MARK } from "./dependency-words.ts";
import type { KeyMeaning } from "./dependency-words.ts";
import type { Declaration } from "./issue.ts";
import type { Relation, Side } from "./read-relations.ts";

export interface TextPlace {
  readonly file?: string;
  /** Line of the file on which the text begins; 1 for a body of its own. */
  readonly firstLine: number;
}

/** Where something was read: its line in the whole text, and the words. */
export interface Spot {
  readonly line: number;
  readonly words: string;
}

/** One thing that a keyed line, a section or a table says. */
export interface Said {
  readonly meaning: KeyMeaning;
  readonly target: string;
  /** Whose edge it is: of the issues named, or of the one whose text is read. */
  readonly subject: Side;
  readonly resolved: boolean;
  readonly soft?: boolean;
}

const WORDS_MAX = 200;
/** `#1-#200 depend on #201-#400` is no plan. */
const PAIRS_MAX = 400;

/** Collects what a text declares, each thing once for each line. */
export class Gathering {
  readonly #place: TextPlace;
  readonly #declarations = new Map<string, Declaration>();
  statesDependencies = false;
  statesBlockers = false;
  parent: string | null = null;

  constructor(place: TextPlace) {
    this.#place = place;
  }

  get declarations(): readonly Declaration[] {
    return [...this.#declarations.values()];
  }

  /** Notes that the text speaks of its own issue's dependencies, even to say `none`. */
  state(meaning: KeyMeaning): void {
    if (meaning === "related") return;
    this.statesDependencies = true;
    if (meaning !== "blocks") this.statesBlockers = true;
  }

  say(said: Said, spot: Spot): void {
    const { meaning, target, subject, resolved } = said;
    if (subject === "self") {
      // "Requires: Docker" is more often about tools than about an issue: reported, but it holds nothing.
      const soft =
        meaning === "related" || said.soft === true || (meaning === "needs" && !resolved);
      this.#add(
        { target, soft, resolved, ...(meaning === "blocks" ? { reverse: true } : {}) },
        spot,
      );
      return;
    }
    // What others are related to, or need beside issues, is their own affair.
    if (meaning === "related" || (meaning === "needs" && !resolved)) return;
    for (const name of subject.slice(0, PAIRS_MAX)) {
      const edge =
        meaning === "blocks" ? { target: name, dependent: target } : { target, dependent: name };
      this.#add({ ...edge, soft: said.soft === true, resolved }, spot);
    }
  }

  relate({ dependents, blockers, soft = false }: Relation, spot: Spot): void {
    if (dependents === "self") {
      if (blockers === "self") return;
      this.state("blocked-by");
      for (const target of blockers) this.#add({ target, soft, resolved: true }, spot);
      return;
    }
    if (blockers === "self") {
      this.state("blocks");
      for (const target of dependents)
        this.#add({ target, soft, resolved: true, reverse: true }, spot);
      return;
    }
    const pairs = dependents.flatMap((dependent) =>
      blockers.map((target) => ({ dependent, target })),
    );
    for (const pair of pairs.slice(0, PAIRS_MAX))
      this.#add({ ...pair, soft, resolved: true }, spot);
  }

  #add(
    edge: {
      readonly target: string;
      readonly soft: boolean;
      readonly resolved: boolean;
      readonly reverse?: boolean;
      readonly dependent?: string;
    },
    { line, words }: Spot,
  ): void {
    const { target, soft, resolved, reverse = false, dependent } = edge;
    const id = `${line} ${dependent ?? ""} ${reverse ? "<" : ">"}${soft ? "~" : ""}${target}`;
    if (this.#declarations.has(id)) return;
    const { file, firstLine } = this.#place;
    this.#declarations.set(id, {
      target: target.replaceAll(CODE_MARK, "").slice(0, WORDS_MAX),
      strength: soft ? "soft" : "hard",
      origin: "text",
      place: { ...(file === undefined ? {} : { file }), line: firstLine + line - 1 },
      words: words.replaceAll(CODE_MARK, "").slice(0, WORDS_MAX),
      resolved,
      ...(reverse ? { reverse: true as const } : {}),
      ...(dependent === undefined ? {} : { dependent }),
    });
  }
}
