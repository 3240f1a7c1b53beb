import { nearestName } from "../../../core/shared/nearest-name.ts";
import type { Place, PlanFinding } from "../../../core/plan/issue.ts";
import type { Worded } from "../../../core/plan/dispatch-plan-document.ts";
import type { YamlTree } from "./yaml-tree.ts";

const WORDS_SHOWN = 60;
const FINDINGS_MAX = 200;

/** Collects what is wrong while a tree is read. */
export class Defects {
  readonly findings: PlanFinding[] = [];

  add(code: string, place: Place, message: string, hint: string): void {
    // A file of another kind would give a finding for each of its lines.
    if (this.findings.length < FINDINGS_MAX)
      this.findings.push({ code, severity: "critical", ...place, message, hint });
  }

  wrongType(name: string, value: YamlTree, expected: string): void {
    const message = `\`${name}\` must be ${expected}, not ${kindOf(value)}.`;
    this.add("dispatch/bad-value", value.place, message, `Correct the value of \`${name}\`.`);
  }
}

/** One mapping, read field by field. Every answer is null, or empty, for what is not written. */
export class Fields {
  readonly place: Required<Place>;
  readonly #values = new Map<string, YamlTree>();
  readonly #defects: Defects;

  /**
   * `what` is how a person calls the mapping, `names` are its keys in snake_case; kebab-case is read too. Anything else
   * is a defect, with the name that was probably meant.
   */
  constructor(tree: YamlTree, what: string, names: readonly string[], defects: Defects) {
    this.place = tree.place;
    this.#defects = defects;
    if (tree.kind !== "map") {
      if (tree.kind !== "scalar" || tree.value !== null)
        defects.wrongType(what.replaceAll("`", ""), tree, "a mapping of names to values");
      return;
    }
    const seen = new Set<string>();
    for (const { name, place, value } of tree.entries) {
      const known = name.replaceAll("-", "_");
      if (!names.includes(known)) {
        defects.add("dispatch/unknown-key", place, ...unknownKey(name, what, names));
      } else if (seen.has(known)) {
        const message = `\`${shown(name)}\` is written twice in ${what}.`;
        defects.add("dispatch/unknown-key", place, message, "Leave one of them; the first counts.");
      } else {
        seen.add(known);
        // A name without a value says nothing.
        if (value.kind !== "scalar" || value.value !== null) this.#values.set(known, value);
      }
    }
  }

  value(name: string): YamlTree | null {
    return this.#values.get(name) ?? null;
  }

  has(name: string): boolean {
    return this.#values.has(name);
  }

  /** A name: words or a number as they are written, and never blank. */
  worded(name: string): Worded | null {
    const value = this.value(name);
    return value === null ? null : this.#asName(name, value);
  }

  /** Any text, also a blank one. */
  text(name: string): string | null {
    const value = this.value(name);
    return value === null ? null : (this.#asText(name, value)?.text ?? null);
  }

  /** One of several words; capitals do not count. */
  choice<Word extends string>(name: string, words: readonly Word[]): Word | null {
    const value = this.value(name);
    if (value === null) return null;
    const written = asWorded(value)?.text.toLowerCase();
    const found = words.find((word) => word.toLowerCase() === written);
    if (found === undefined) this.#defects.wrongType(name, value, `one of ${words.join(", ")}`);
    return found ?? null;
  }

  flag(name: string): boolean | null {
    const value = this.value(name);
    if (value === null) return null;
    if (value.kind === "scalar" && typeof value.value === "boolean") return value.value;
    this.#defects.wrongType(name, value, "true or false");
    return null;
  }

  /** A whole number, `least` or more. */
  count(name: string, least: number): number | null {
    const value = this.value(name);
    if (value === null) return null;
    const number = value.kind === "scalar" ? value.value : null;
    if (typeof number === "number" && Number.isSafeInteger(number) && number >= least)
      return number;
    this.#defects.wrongType(name, value, `a whole number from ${least}`);
    return null;
  }

  list(name: string): readonly YamlTree[] {
    const value = this.value(name);
    if (value === null) return [];
    if (value.kind === "list") return value.items;
    this.#defects.wrongType(name, value, "a list");
    return [];
  }

  /** A list of names, or one of them without the list. */
  wordedList(name: string): readonly Worded[] {
    return this.#oneOrMore(name).flatMap((item) => this.#asName(name, item) ?? []);
  }

  textList(name: string): readonly string[] {
    return this.#oneOrMore(name).flatMap((item) => this.#asText(name, item)?.text ?? []);
  }

  #oneOrMore(name: string): readonly YamlTree[] {
    const value = this.value(name);
    return value?.kind === "scalar" ? [value] : this.list(name);
  }

  #asName(name: string, value: YamlTree): Worded | null {
    const worded = this.#asText(name, value);
    if (worded === null || worded.text.trim() !== "") return worded;
    this.#defects.wrongType(name, value, "a name");
    return null;
  }

  #asText(name: string, value: YamlTree): Worded | null {
    const worded = asWorded(value);
    if (worded === null) this.#defects.wrongType(name, value, "text");
    return worded;
  }
}

function asWorded(tree: YamlTree): Worded | null {
  if (tree.kind !== "scalar" || typeof tree.value === "boolean" || tree.value === null) return null;
  return { text: tree.text, place: tree.place };
}

function unknownKey(
  name: string,
  what: string,
  names: readonly string[],
): readonly [message: string, hint: string] {
  const snake = name.replaceAll(/([a-z])([A-Z])/gu, "$1_$2").replaceAll(/[\s-]+/gu, "_");
  const near = names.find((known) => known === snake.toLowerCase()) ?? nearestName(snake, names);
  return [
    `\`${shown(name)}\` is no key of ${what}.`,
    near === null ? `It may have ${names.join(", ")}.` : `Did you mean \`${near}\`?`,
  ];
}

function kindOf(tree: YamlTree): string {
  if (tree.kind === "map") return "a mapping";
  if (tree.kind === "list") return "a list";
  return tree.value === null || tree.text.trim() === "" ? "nothing" : `\`${shown(tree.text)}\``;
}

function shown(text: string): string {
  const line = text.replaceAll(/[\s\p{Cc}\p{Cf}]+/gu, " ").trim();
  return line.length > WORDS_SHOWN ? `${line.slice(0, WORDS_SHOWN - 1)}…` : line;
}
