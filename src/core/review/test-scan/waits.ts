import { normalised } from "../../shared/written-tests/code-range.ts";
import type { MaskedCode } from "../../shared/written-tests/masked-code.ts";
import { callsOf, numberOfArgument, type Call } from "./calls.ts";
import { fakedModules } from "./imported-modules.ts";
import type { Hit } from "./hit.ts";

/** A test may wait this long for something that really takes time. */
const WAIT_MAX_MS = 1_000;

/** A resolver or a duration is written in fewer characters. */
const WORDS_MAX = 300;

/** Time stands still or runs by hand: the waits of such a file take none. */
const FAKED_TIME =
  /(?<![\w$])(?:useFakeTimers|mock\s*\.\s*timers|fakeTimers|FakeTimers|install\s*\(\s*\{\s*toFake|freeze_?time|time_machine|start_paused|tokio::time::pause|time::pause|clockwork|synctest|fakeAsync|tickAsync)\b/u;

/** Waits above a second that are written down as numbers. Deadlines, which something else ends first, are none. */
export function waitsIn(masked: MaskedCode): readonly Hit[] {
  if (FAKED_TIME.test(masked.code)) return [];
  const waits =
    masked.language === "javascript"
      ? javascriptWaits(masked)
      : masked.language === "python"
        ? pythonWaits(masked)
        : durations(masked);
  return waits
    .filter(({ ms }) => ms > WAIT_MAX_MS)
    .map(({ at, ms }) => ({
      at,
      severity: "major",
      message: `This test sleeps ${ms / 1_000} s. Wait for the event itself, poll with a deadline, or move a fake clock.`,
    }));
}

interface Wait {
  readonly at: number;
  readonly ms: number;
}

function javascriptWaits(masked: MaskedCode): readonly Wait[] {
  const { code } = masked;
  const isRaced = (at: number) =>
    /\brace\s*\(\s*\[[^;]{0,500}$/u.test(code.slice(Math.max(0, at - 520), at));
  const named = callsOf(
    masked,
    /^(?:sleep|delay|wait|pause|sleepMs|waitMs|(?:\w+\.)?setTimeout|Bun\.sleep|(?:\w+\.)?waitForTimeout|cy\.wait|timers\.\w+)$/u,
  ).flatMap(({ at, given }) => ({ at, ms: numberOfArgument(masked, given[0]) ?? 0 }));
  const timers = callsOf(masked, /^(?:globalThis\.|window\.)?setTimeout$/u).flatMap((call) =>
    isResolver(masked, call)
      ? { at: call.at, ms: numberOfArgument(masked, call.given[1]) ?? 0 }
      : [],
  );
  // `jest.setTimeout(30_000)` is a limit.
  const isLimit = (at: number) =>
    /^(?:jest|vi|this|test|it|page|context)\s*\./u.test(code.slice(at, at + 12)) &&
    !/^page\s*\.\s*waitForTimeout/u.test(code.slice(at, at + 30));
  return [...named, ...timers].filter(({ at }) => !isRaced(at) && !isLimit(at));
}

/** Whether what a timer calls is what a promise or a test waits for: `new Promise((r) => setTimeout(r, 5000))`. */
function isResolver(masked: MaskedCode, { at, given }: Call): boolean {
  const [callback] = given;
  if (callback === undefined) return false;
  if (callback.to - callback.from > WORDS_MAX) return false;
  const words = normalised(masked, callback);
  if (/^(?:\(\)=>)?done(?:\(\))?$/u.test(words)) return true;
  const before = masked.code.slice(Math.max(0, at - 300), at);
  const resolver = [
    ...before.matchAll(
      /new\s+Promise\s*(?:<[^()]{0,100}>)?\(\s*(?:async\s*)?(?:function\s*)?\(?\s*(\w+)/gu,
    ),
  ].at(-1)?.[1];
  if (resolver === undefined) return false;
  return (
    words === resolver || new RegExp(`^\\(\\)=>\\{?${resolver}\\([^()]*\\);?\\}?$`, "u").test(words)
  );
}

function pythonWaits(masked: MaskedCode): readonly Wait[] {
  const faked = [...fakedModules(masked)].some((name) => /\bsleep$/u.test(name));
  const isPatched = /\bsetattr\s*\(\s*\w*time\w*\s*,/u.test(masked.code);
  if (faked || isPatched) return [];
  // What is cancelled or limited from outside does not take the time it names.
  const isCut = /\b(?:wait_for|cancel|timeout|move_on_after|fail_after)\s*\(/u.test(masked.code);
  return callsOf(
    masked,
    /^(?:time\.sleep|sleep|asyncio\.sleep|trio\.sleep|anyio\.sleep|gevent\.sleep)$/u,
  )
    .filter(({ name }) => !isCut || name === "time.sleep")
    .map(({ at, given }) => ({ at, ms: (numberOfArgument(masked, given[0]) ?? 0) * 1_000 }));
}

const UNITS: Readonly<Record<string, number>> = {
  "time.Second": 1_000,
  "time.Minute": 60_000,
  "time.Hour": 3_600_000,
  "time.Millisecond": 1,
  from_secs: 1_000,
  from_secs_f32: 1_000,
  from_secs_f64: 1_000,
  from_mins: 60_000,
  from_millis: 1,
};

/** Go's and Rust's durations name their unit. */
function durations(masked: MaskedCode): readonly Wait[] {
  return callsOf(masked, /^(?:time\.Sleep|(?:\w+::)*sleep)$/u).map(({ at, given }) => {
    const [first] = given;
    const isLong = first === undefined || first.to - first.from > WORDS_MAX;
    const words = isLong ? "" : normalised(masked, first);
    const go = /^(?:(\d+)\*)?(time\.\w+)(?:\*(\d+))?$/u.exec(words);
    const rust = /(from_\w+)\(([\d_.]+)\)$/u.exec(words);
    if (go !== null) return { at, ms: Number(go[1] ?? go[3] ?? 1) * (UNITS[go[2] ?? ""] ?? 0) };
    return {
      at,
      ms: Number((rust?.[2] ?? "0").replaceAll("_", "")) * (UNITS[rust?.[1] ?? ""] ?? 0),
    };
  });
}
