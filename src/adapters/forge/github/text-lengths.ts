/** Longest title that GitHub takes; what is longer is refused with 422. */
const TITLE_MAX = 256;
/** It takes 65,536 characters of a text; the rest is room for how it counts. */
const BODY_MAX = 65_000;
/** Of a text that is too long, the end that is kept: there stands what it closes, and by what it is found again. */
const END_MAX = 1_000;
const GAP = "\n\n…\n\n";

/** A title as GitHub takes it. */
export function fittingTitle(title: string): string {
  return title.length <= TITLE_MAX ? title : `${beginning(title, TITLE_MAX - 1)}…`;
}

/** A text as GitHub takes it: of one that is too long the middle is lost, its first and its last lines stay. */
export function fittingBody(body: string): string {
  if (body.length <= BODY_MAX) return body;
  const end = body.slice(-END_MAX).replace(/^[^\n]*\n/u, "");
  return `${beginning(body, BODY_MAX - GAP.length - end.length)}${GAP}${end}`;
}

/** Never through the middle of a character. */
function beginning(text: string, most: number): string {
  return text
    .slice(0, most)
    .replace(/[\uD800-\uDBFF]$/u, "")
    .trimEnd();
}
