import type { Look } from "./look.ts";

/** The little that a renderer needs to know of a stream. */
export interface OutputStream {
  readonly isTTY?: boolean;
  readonly columns?: number;
  readonly rows?: number;
}

export type Environment = Readonly<Record<string, string | undefined>>;

const WIDTH_DEFAULT = 80;

/** How to draw on this stream in this environment; `color` is what the person asked for by option. */
export function lookOf(
  stream: OutputStream,
  env: Environment,
  color: "auto" | "always" | "never" = "auto",
): Look {
  return {
    // Some pseudo-terminals say 0: nobody told them their size.
    width: stream.isTTY === true ? stream.columns || WIDTH_DEFAULT : widthOf(env),
    colour: wantsColour(stream, env, color),
    ascii: !drawsUnicode(env),
  };
}

function widthOf(env: Environment): number {
  const columns = Number(env["COLUMNS"]);
  return Number.isInteger(columns) && columns > 0 ? columns : WIDTH_DEFAULT;
}

/** https://no-color.org and https://bixense.com/clicolors: an empty value counts as not set. */
function wantsColour(
  stream: OutputStream,
  env: Environment,
  color: "auto" | "always" | "never",
): boolean {
  if (color !== "auto") return color === "always";
  if (isSet(env["NO_COLOR"])) return false;
  const forced = env["FORCE_COLOR"] ?? env["CLICOLOR_FORCE"];
  if (isSet(forced)) return forced !== "0" && forced !== "false";
  return stream.isTTY === true && env["TERM"] !== "dumb";
}

function isSet(value: string | undefined): boolean {
  return value !== undefined && value !== "";
}

/** The first locale variable that is set decides, as in C; none at all is the normal case in containers. */
function drawsUnicode(env: Environment): boolean {
  if (env["TERM"] === "linux" || env["TERM"] === "dumb") return false;
  const locale = [env["LC_ALL"], env["LC_CTYPE"], env["LANG"]].find(isSet);
  return locale === undefined || /utf-?8/i.test(locale);
}

export type ProgressMode = "tty" | "plain" | "json" | "quiet";
export type ProgressOption = "auto" | ProgressMode;

/** `auto`: the live tree where somebody watches a terminal that can redraw, else one line per change. */
export function progressMode(
  option: ProgressOption,
  stream: OutputStream,
  env: Environment,
): ProgressMode {
  if (option !== "auto") return option;
  const redraws =
    stream.isTTY === true && stream.columns !== 0 && env["TERM"] !== "dumb" && !isSet(env["CI"]);
  return redraws ? "tty" : "plain";
}

/** Wall-clock time in the machine's zone: `06:41:09`. */
export function clockTime(at: number): string {
  return new Date(at).toTimeString().slice(0, 8);
}

/** The same of an ISO instant, to the minute, with the date when it is not today. */
export function clockOf(now: number): (iso: string) => string {
  const today = new Date(now).toDateString();
  return (iso) => {
    const at = new Date(iso);
    const time = at.toTimeString().slice(0, 5);
    return at.toDateString() === today ? time : `${at.toDateString().slice(4, 10)} ${time}`;
  };
}
