/** A number in [0, 1) that depends on its arguments alone: behaviour does not depend on who asks first. */
export function roll(seed: number, ...parts: readonly (string | number)[]): number {
  let hash = 0x811c9dc5 ^ seed;
  for (const character of parts.join("\u0000")) {
    hash = Math.imul(hash ^ (character.codePointAt(0) ?? 0), 0x01000193);
  }
  return scramble(hash) / 0x1_0000_0000;
}

function scramble(value: number): number {
  let hash = Math.imul(value ^ (value >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return (hash ^ (hash >>> 16)) >>> 0;
}

/** One of `choices`, each as likely as its weight. */
export function choose<T extends string>(at: number, choices: Readonly<Record<T, number>>): T {
  const entries = Object.entries(choices) as [T, number][];
  const sum = entries.reduce((total, [, weight]) => total + weight, 0);
  let left = at * sum;
  for (const [name, weight] of entries) {
    left -= weight;
    if (left < 0) return name;
  }
  return (entries.at(-1) as [T, number])[0];
}

/** A stream of numbers for what may depend on order: latencies, trouble, deaths. */
export class Stream {
  #state: number;

  constructor(seed: number, name: string) {
    this.#state = Math.floor(roll(seed, "stream", name) * 0x1_0000_0000) | 0;
  }

  next(): number {
    this.#state = (this.#state + 0x6d2b79f5) | 0;
    let value = Math.imul(this.#state ^ (this.#state >>> 15), 1 | this.#state);
    value = (value + Math.imul(value ^ (value >>> 7), 61 | value)) ^ value;
    return ((value ^ (value >>> 14)) >>> 0) / 0x1_0000_0000;
  }

  chance(probability: number): boolean {
    return this.next() < probability;
  }

  between(low: number, high: number): number {
    return low + Math.floor(this.next() * (high - low + 1));
  }
}
