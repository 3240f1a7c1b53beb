import { keyGroups, keyTable, configJsonSchema } from "./key-table.ts";
import type { KeyRow } from "./key-table.ts";

/** Text of docs/config-reference.md. */
export function configReference(): string {
  const groups = keyGroups();
  const lines = [
    "# Configuration",
    "",
    "<!-- Generated from src/config by `npm run generate`; edit the schemas, not this page. -->",
    "",
    "`.cairn.yml` is optional and lies, tracked, in the repository's root. A flag counts more than a",
    "`CAIRN_*` variable, a variable more than the file, the file more than the default. Unknown keys are",
    "errors. Durations are `90s`, `30m`, `14d` (bare numbers: seconds), sizes `64MB`, money US dollars;",
    "`null` means none or no limit. No secret belongs here: a `*_env` key names a variable.",
    "`cairn config show` prints what holds and where each value comes from.",
    "",
    "## Top level",
    "",
    ...tableOf(keyTable().filter((row) => row.path.length === 1)),
  ];
  for (const group of groups) {
    const rows = keyTable().filter((row) => row.path.slice(0, -1).join(".") === group.key);
    if (rows.length === 0) continue;
    lines.push("", `## \`${group.key}\``, "", group.meaning, "", ...tableOf(rows));
  }
  return `${lines.join("\n")}\n`;
}

/** Text of schemas/cairn.schema.json. */
export function configSchemaText(): string {
  return `${JSON.stringify(configJsonSchema(), null, 2)}\n`;
}

function tableOf(rows: readonly KeyRow[]): readonly string[] {
  return [
    "| key | values | default | meaning | variable |",
    "|---|---|---|---|---|",
    ...rows.map((row) => {
      const fallback =
        row.fallback === undefined ? "" : `\`${inCell(JSON.stringify(row.fallback))}\``;
      const variable = row.variable === null ? "" : `\`${row.variable}\``;
      return `| \`${row.key}\` | ${row.values} | ${fallback} | ${inCell(row.meaning)} | ${variable} |`;
    }),
  ];
}

function inCell(text: string): string {
  return text.replaceAll("|", "\\|");
}
