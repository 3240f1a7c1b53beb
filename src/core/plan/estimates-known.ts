import { minutesOfSize } from "./estimates-words.ts";
import type { Size } from "./estimates-words.ts";
import type { HistorySample } from "./forecast-history.ts";
import type { IssueType } from "./issue.ts";

/** Fewer tasks say more about themselves than about the next one. */
const SAMPLES_MIN = 3;

/** What earlier work took: medians, each computed once. */
export class KnownWork {
  readonly #samples: readonly HistorySample[];
  readonly #medians = new Map<string, number | null>();

  constructor(samples: readonly HistorySample[]) {
    this.#samples = samples;
  }

  /** Of issues of this size, else the rule of thumb. */
  minutesOfSize(size: Size): number {
    return this.#median(`size ${size}`, (sample) => sample.size === size) ?? minutesOfSize(size);
  }

  /** Of issues of this type, else of any; null where too few are known. */
  minutesOfType(type: IssueType): number | null {
    return (
      this.#median(`type ${type}`, (sample) => sample.type === type) ??
      this.#median("any", () => true)
    );
  }

  /** Dollars for a minute of all of them together; null where too few reported a price. */
  usdPerMinute(): number | null {
    const priced = this.#samples.filter((sample) => sample.usd !== null);
    const minutes = priced.reduce((sum, sample) => sum + sample.minutes, 0);
    if (priced.length < SAMPLES_MIN || minutes === 0) return null;
    return priced.reduce((sum, sample) => sum + (sample.usd ?? 0), 0) / minutes;
  }

  #median(name: string, fits: (sample: HistorySample) => boolean): number | null {
    const known = this.#medians.get(name);
    if (known !== undefined) return known;
    const minutes = this.#samples.filter(fits).map((sample) => sample.minutes);
    const median =
      minutes.length < SAMPLES_MIN ? null : Math.max(1, Math.round(quantile(minutes, 0.5)));
    this.#medians.set(name, median);
    return median;
  }
}

/** The value below which this share of the values lies, between two neighbours in a straight line. */
export function quantile(values: readonly number[], share: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  const at = (sorted.length - 1) * share;
  const below = sorted[Math.floor(at)] ?? 0;
  const above = sorted[Math.ceil(at)] ?? below;
  return below + (above - below) * (at - Math.floor(at));
}
