const ITEM = /^\s*(?:[-*+•]|\d{1,3}[.)])\s+(?:\[[ xX]\]\s+)?(\S.*)$/u;
const LINE_MAX = 4000;

/** Criteria out of one text: its list items with the lines that belong to them, or else its paragraphs. */
export function readCriteria(text: string): readonly string[] {
  const lines = text.split(/\r\n|\n|\r/u).map((line) => line.slice(0, LINE_MAX).trimEnd());
  const hasItems = lines.some((line) => ITEM.test(line));
  const criteria: string[] = [];
  let open = false;
  for (const line of lines) {
    const item = ITEM.exec(line)?.[1];
    if (line.trim() === "") open = false;
    else if (item !== undefined || (!hasItems && !open)) {
      criteria.push((item ?? line).trim());
      open = true;
    } else if (open) criteria.push(`${criteria.pop() ?? ""} ${line.trim()}`);
  }
  return criteria;
}
