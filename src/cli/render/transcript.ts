import { oneLine } from "./text-width.ts";

// What agents print is read loosely here: a view of a stream must survive any version of any program, and whoever
// needs every byte has `--raw`. What counts as a result is read by the agents' own adapters, by schema.

const OUTPUT_MAX = 400;

type Fields = Readonly<Record<string, unknown>>;

/** A line of an agent's stream in words; null when it says nothing a person would read. Plain text stays as it is. */
export function transcriptLine(line: string): string | null {
  const event = parse(line);
  if (event === null) return oneLine(line) === "" ? null : oneLine(line);
  return fromClaude(event) ?? fromCodex(event) ?? fromScripted(event);
}

/** The newest words in the last lines of a stream; null when there are none. */
export function newestWords(lines: string): string | null {
  const words = lines.split("\n").map(transcriptLine);
  const said = words.findLast((line) => line !== null);
  return said === undefined || said === null ? null : (said.split("\n").at(-1) ?? null);
}

function fromClaude(event: Fields): string | null {
  switch (event["type"]) {
    case "assistant":
    case "user":
      return joined(list(fields(event["message"])?.["content"]).map(contentBlock));
    case "result":
      return text(event["result"]) === null
        ? null
        : `result: ${oneLine(text(event["result"]) ?? "")}`;
    default:
      return null;
  }
}

function contentBlock(value: unknown): string | null {
  const block = fields(value);
  switch (block?.["type"]) {
    case "text":
      return oneLine(text(block["text"]) ?? "") || null;
    case "tool_use":
      return toolWords(text(block["name"]) ?? "tool", fields(block["input"]) ?? {});
    case "tool_result":
      return block["is_error"] === true ? `  failed: ${short(resultText(block["content"]))}` : null;
    default:
      return null;
  }
}

function toolWords(name: string, input: Fields): string {
  const what = ["command", "file_path", "pattern", "url", "description"].map((key) =>
    text(input[key]),
  );
  return `${name}: ${short(what.find((value) => value !== null) ?? "")}`;
}

function resultText(content: unknown): string {
  if (typeof content === "string") return content;
  return list(content)
    .map((part) => text(fields(part)?.["text"]) ?? "")
    .join(" ");
}

function fromCodex(event: Fields): string | null {
  if (event["type"] !== "item.completed") return null;
  const item = fields(event["item"]) ?? {};
  switch (item["type"]) {
    case "agent_message":
      return oneLine(text(item["text"]) ?? "") || null;
    case "command_execution":
      return `$ ${short(text(item["command"]) ?? "")}${exitWords(item["exit_code"])}`;
    case "file_change":
      return joined(
        list(item["changes"]).map((change) => `edit: ${text(fields(change)?.["path"]) ?? "?"}`),
      );
    default:
      return null;
  }
}

function exitWords(code: unknown): string {
  return typeof code === "number" && code !== 0 ? ` (exit ${code})` : "";
}

function fromScripted(event: Fields): string | null {
  switch (event["type"]) {
    case "turn":
      return oneLine(text(event["words"]) ?? "") || null;
    case "ran":
      return event["status"] === 0 ? null : `  failed: ${short(text(event["output"]) ?? "")}`;
    case "report": {
      const report = fields(event["report"]);
      return `report: ${text(report?.["status"]) ?? "given"}${text(report?.["summary"]) === null ? "" : `, ${short(text(report?.["summary"]) ?? "")}`}`;
    }
    default:
      return null;
  }
}

function parse(line: string): Fields | null {
  if (!line.startsWith("{")) return null;
  try {
    return fields(JSON.parse(line));
  } catch {
    return null;
  }
}

function fields(value: unknown): Fields | null {
  return isFields(value) ? value : null;
}

function isFields(value: unknown): value is Fields {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function list(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}

function text(value: unknown): string | null {
  return typeof value === "string" ? value : null;
}

function short(words: string): string {
  const line = oneLine(words);
  return line.length > OUTPUT_MAX ? `${line.slice(0, OUTPUT_MAX)}…` : line;
}

function joined(lines: readonly (string | null)[]): string | null {
  const said = lines.filter((line) => line !== null);
  return said.length === 0 ? null : said.join("\n");
}
