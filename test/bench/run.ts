import { execFileSync } from "node:child_process";
import { median, type Figure } from "./figures.ts";
import { CAIRN, makeSample, removeSample, SAMPLE_PLAN, takeCounts } from "./sample.ts";
import { writeShellRun } from "./shell-run.ts";
import { runWell, type Whole } from "./whole-process.ts";

const ISSUES = 100;
const MANY = 400;
const ROUNDS = 5;
/** Both sides on one core, so that neither gains by what it does beside its children. */
const CORE = 0;

interface Measured extends Whole {
  readonly counts: Readonly<Record<string, number>>;
}

/** A run of 100 issues against a shell script that does the same, alternating; then 400 issues. */
export async function benchRun(tell: (line: string) => void): Promise<readonly Figure[]> {
  await byCairn(3, { pinned: true });
  const ours: Measured[] = [];
  const byHand: Measured[] = [];
  for (let round = 1; round <= ROUNDS; round += 1) {
    const mine = await byCairn(ISSUES, { pinned: true });
    const other = await byScript(ISSUES);
    tell(`  round ${round}: cairn ${seconds(mine)}, script ${seconds(other)}`);
    ours.push(mine);
    byHand.push(other);
  }
  const many = await byCairn(MANY, { pinned: true });
  tell(`  ${MANY} issues: cairn ${seconds(many)}`);
  const t100 = median(ours.map((one) => one.wallMs));
  const hand100 = median(byHand.map((one) => one.wallMs));
  const perAdded = (many.wallMs - t100) / (MANY - ISSUES);
  return [
    informing(`cairn, ${ISSUES} issues, one core`, t100 / 1000, countsOf(ours[0])),
    informing(`shell script, the same`, hand100 / 1000, countsOf(byHand[0])),
    {
      what: `run of ${ISSUES} issues / shell script`,
      value: t100 / hand100,
      unit: "x",
      aim: 1.5,
      note: `median of ${ROUNDS} alternating runs`,
    },
    {
      what: `cost of an added issue, ${ISSUES} to ${MANY} / cost of one of the first ${ISSUES}`,
      value: perAdded / (t100 / ISSUES),
      unit: "x",
      aim: 1.1,
      note: `${perAdded.toFixed(1)} ms each`,
    },
  ];
}

/** Peak memory of the engine and of the session host over a run of 100 issues. */
export async function benchMemory(): Promise<readonly Figure[]> {
  const { peakMb, hostPeakMb } = await byCairn(ISSUES, { pinned: false, watchMemory: true });
  const what = `peak memory over ${ISSUES} issues`;
  return [
    { what: `${what}, engine`, value: peakMb, unit: "MB", aim: 150 },
    { what: `${what}, session host`, value: hostPeakMb, unit: "MB", aim: null },
  ];
}

/** One run of a fresh sample by Cairn; the merged commits are counted before the sample goes. */
async function byCairn(
  issues: number,
  how: { readonly pinned: boolean; readonly watchMemory?: boolean },
): Promise<Measured> {
  const sample = makeSample(issues);
  try {
    const whole = await runWell({
      file: CAIRN,
      args: ["run", `@${SAMPLE_PLAN}`, "--autonomous", "--progress", "quiet"],
      cwd: sample.root,
      env: sample.env,
      ...(how.pinned ? { core: CORE } : {}),
      watchMemory: how.watchMemory ?? false,
    });
    assertMerged(sample.root, issues);
    return { ...whole, counts: takeCounts(sample) };
  } finally {
    removeSample(sample);
  }
}

async function byScript(issues: number): Promise<Measured> {
  const sample = makeSample(issues);
  try {
    const file = writeShellRun(sample, issues);
    const whole = await runWell({ file, args: [], cwd: sample.root, env: sample.env, core: CORE });
    assertMerged(sample.root, issues);
    return { ...whole, counts: takeCounts(sample) };
  } finally {
    removeSample(sample);
  }
}

function assertMerged(root: string, issues: number): void {
  const args = ["rev-list", "--count", "--first-parent", "main..milestone/m1-bench"];
  const merged = Number(execFileSync("git", args, { cwd: root, encoding: "utf8" }).trim());
  if (merged !== issues) throw new Error(`${merged} of ${issues} issues were merged.`);
}

function informing(what: string, value: number, note: string): Figure {
  return { what, value, unit: "s", aim: null, note };
}

function countsOf(measured: Measured | undefined): string {
  return Object.entries(measured?.counts ?? {})
    .map(([name, count]) => `${count} ${name}`)
    .join(", ");
}

function seconds({ wallMs }: Whole): string {
  return `${(wallMs / 1000).toFixed(2)} s`;
}
