import { mkdirSync, renameSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { isoEvent } from "../api/event-json.ts";
import { reportDocument } from "../api/report-json.ts";
import type { StoredEvent } from "../core/run/events.ts";
import type { Run } from "../core/run/run.ts";

export interface RunFolderParts {
  /** `.cairn/runs/<run>`; made if it is not there. */
  readonly folder: string;
  readonly run: Run;
  /** The whole log of the run. */
  readonly events: readonly StoredEvent[];
  /** The plan as a document that can be read back, from whoever knows its format. */
  readonly planYaml: string;
}

/** Writes `plan.yaml`, `events.ndjson`, `report.md` and `metrics.json`; each file is whole or not there. */
export function writeRunFolder(parts: RunFolderParts): void {
  const { folder, run, events } = parts;
  mkdirSync(folder, { recursive: true });
  const write = (name: string, content: string): void => {
    const file = join(folder, name);
    writeFileSync(`${file}.new`, content);
    renameSync(`${file}.new`, file);
  };
  write("plan.yaml", parts.planYaml);
  write("events.ndjson", events.map((event) => `${JSON.stringify(isoEvent(event))}\n`).join(""));
  write("report.md", reportDocument("md", run, events, false));
  write("metrics.json", reportDocument("metrics", run, events, false));
}
