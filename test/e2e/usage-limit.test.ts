// A vendor that sends everybody away until a time it names: the run waits, goes on by itself, and no attempt is lost.
import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { untilNothingLives } from "../support/e2e-program.ts";
import { SampleRepository, type Sample } from "../support/e2e-repository.ts";

const PLAN = `# Milestone 1: Mill

## Task 1: The wheel

Depends on: none

### Acceptance criteria

- wheel.txt is there

## Task 2: The stone

Depends on: none

### Acceptance criteria

- stone.txt is there
`;

const CONFIG = `version: 1
target: main
mode: autonomous
profile: plain
parallel: 2
agents: { default: vendor, define: { vendor: { kind: claude, command: [../vendor.sh] } } }
review: { mode: none }
sources: { handoff: "off" }
limits: { attempts: 1, retry: [1s] }
`;

const LIMIT_S = 4;

/** As the CLI ends: with its price, or with what its service said. */
function result(more: object): string {
  return JSON.stringify({
    type: "result",
    subtype: "success",
    is_error: false,
    result: "Done.",
    num_turns: 1,
    session_id: "s",
    total_cost_usd: 0.25,
    usage: { input_tokens: 10, output_tokens: 5 },
    structured_output: { status: "complete", summary: "There it is." },
    ...more,
  });
}

const LIMITED = result({
  is_error: true,
  api_error_status: 429,
  result: "You have hit your limit.",
  structured_output: undefined,
  total_cost_usd: 0,
});

/** Each call is a line of the diary; whoever comes before the time it was told is sent away once more. */
function vendor(diary: string): string {
  const until = `${path.dirname(diary)}/until`;
  return `#!/bin/sh
case " $* " in *" --version "*) echo "2.1.197 (Claude Code)"; exit 0 ;; esac
cat > /dev/null
now=$(date +%s)
[ -e ${until} ] || echo $((now + ${LIMIT_S})) > ${until}
if [ "$now" -lt "$(cat ${until})" ]; then
  echo limited >> ${diary}
  printf '{"type":"rate_limit_event","rate_limit_info":{"status":"rejected","resetsAt":%s}}\\n' "$(cat ${until})"
  echo '${LIMITED}'
  exit 1
fi
echo served >> ${diary}
echo "$CAIRN_TASK" > "$CAIRN_TASK.txt" && git add . && git commit --quiet --message "feat: it (#$CAIRN_TASK)"
echo '${result({})}'
`;
}

function sample(diary: string): Sample {
  return { plan: PLAN, config: CONFIG, programs: { "vendor.sh": vendor(diary) } };
}

let home: string;
let repository: SampleRepository;

beforeEach(() => {
  home = fs.realpathSync(fs.mkdtempSync(path.join(os.tmpdir(), "cairn-limit-home-")));
  repository = new SampleRepository(sample, home);
});

afterEach(async () => {
  const left = await untilNothingLives(repository.folder, null);
  repository.remove();
  fs.rmSync(home, { recursive: true, force: true, maxRetries: 5, retryDelay: 100 });
  if (left.length > 0) throw new Error(`Still running: ${JSON.stringify(left)}`);
});

test("nobody asks the vendor before its time, then everything comes home at the first attempt", async () => {
  const { code, words } = await repository.cairn(["run", "plan.md", "--progress", "plain"]);
  expect([code, words]).toEqual([0, expect.stringContaining("2 of 2 merged")]);
  expect(words).toMatch(/You have hit your limit\. It is asked again at \d{4}-/);
  const calls = fs.readFileSync(repository.diary, "utf8").trim().split("\n");
  // Both may have asked before the first answer was there.
  expect(calls.slice(calls[1] === "limited" ? 2 : 1)).toEqual(["served", "served"]);
  expect(calls[0]).toBe("limited");
  const { run, events = [] } = repository.run() ?? {};
  const until = Number(fs.readFileSync(path.join(repository.folder, "until"), "utf8")) * 1_000;
  const limits = events.filter(({ type }) => type === "ProviderLimited");
  for (const limit of limits) expect(limit).toMatchObject({ until, agent: "vendor" });
  for (const task of run?.tasks.values() ?? [])
    expect(task).toMatchObject({ status: "merged", attemptsFailed: 0 });
  expect(run?.usage.usd).toBeCloseTo(0.5);
});
