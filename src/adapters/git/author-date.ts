/** `seconds zone` at the end of an author line. */
export function dateOf(author: string): string {
  return /(\d+ [+-]\d{4})$/.exec(author)?.[1] ?? "0 +0000";
}
