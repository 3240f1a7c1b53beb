const MINUTES_MAX = 7 * 24 * 60;

/** `size:M` for a cell that holds a size; null for anything else. */
export function sizeLabel(words: string): string | null {
  const size = /^[\s*_`]*(xs|s|m|l|xl)(?:[\s*_`]*$|\s*[(,/–—-])/iu.exec(words.slice(0, 60))?.[1];
  const word = /^[\s*_`]*(small|medium|large)\b/iu.exec(words.slice(0, 60))?.[1];
  const letter = size ?? word?.charAt(0);
  return letter === undefined ? null : `size:${letter.toUpperCase()}`;
}

/** Minutes of `30 min`, `2h`, `1.5 hours`, `3-5 min` (the longer); null for anything else. */
export function sizeMinutes(words: string): number | null {
  const match =
    /(?<![\w.])(\d{1,4}(?:\.\d{1,2})?)\s*(m|min|mins|minutes?|h|hrs?|hours?|d|days?)\b/iu.exec(
      words.slice(0, 60),
    );
  const unit = match?.[2]?.charAt(0).toLowerCase();
  if (match === null || unit === undefined) return null;
  // A day of work has eight hours.
  const minutes = Math.round(Number(match[1]) * (unit === "m" ? 1 : unit === "h" ? 60 : 480));
  return minutes > 0 && minutes <= MINUTES_MAX ? minutes : null;
}
