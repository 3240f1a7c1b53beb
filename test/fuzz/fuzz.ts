import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import { readMilestone } from "../../src/composition/read-milestone.ts";
import type { SourcePlace } from "../../src/composition/read-milestone.ts";
import { loadConfig } from "../../src/config/load.ts";
import { buildPlan } from "../../src/core/plan/plan.ts";
import { Stream } from "../simulation/random.ts";
import { complaintsAboutMarks } from "./check-marks.ts";
import {
  complaintsAboutError,
  complaintsAboutFindings,
  complaintsAboutPlan,
} from "./check-plan.ts";
import type { Complaints } from "./check-plan.ts";
import { complaintsAboutWords } from "./check-words.ts";
import { mutate, mutateWords } from "./mutate.ts";
import { samples } from "./samples.ts";
import type { Sample } from "./samples.ts";

/** A case that takes longer is a hang in the making: real plans take milliseconds. */
const CASE_MS_MAX = 2_000;
const SECRET = "SECRET-outside-of-the-repository";

export interface CaseResult {
  readonly seed: number;
  readonly sample: string;
  readonly outcome: "plan" | "refused";
  readonly milliseconds: number;
  readonly complaints: Complaints;
}

interface Repository {
  readonly sample: Sample;
  readonly place: SourcePlace;
}

interface FuzzCase {
  readonly repository: Repository;
  readonly words: readonly string[];
  /** The mutated ones; the others are as in the sample. */
  readonly files: ReadonlyMap<string, Uint8Array>;
}

/** Repositories to read from, each with links to a file outside that nobody may read. Close it, or it stays on the disk. */
export class FuzzWorld {
  readonly #folder: string;
  readonly #repositories: readonly Repository[];

  constructor() {
    this.#folder = fs.realpathSync(fs.mkdtempSync(path.join(os.tmpdir(), "cairn-fuzz-")));
    this.#repositories = samples().map((sample) => this.#make(sample));
  }

  close(): void {
    fs.rmSync(this.#folder, { recursive: true, force: true });
  }

  /** One case; its seed alone decides what is done. */
  async run(seed: number): Promise<CaseResult> {
    const { repository, words, files } = this.caseOf(seed);
    const { sample, place } = repository;
    for (const [file, bytes] of files) fs.writeFileSync(path.join(place.root, file), bytes);
    // Of this thread alone: what else the machine is doing makes no case slow.
    const before = process.threadCpuUsage();
    const { outcome, complaints } = await readCase(place, words, seed);
    const { user, system } = process.threadCpuUsage(before);
    const milliseconds = (user + system) / 1_000;
    for (const file of files.keys())
      fs.writeFileSync(path.join(place.root, file), sample.files[file] ?? "");
    const slow = milliseconds > CASE_MS_MAX ? [`took ${Math.round(milliseconds)} ms`] : [];
    return {
      seed,
      sample: sample.name,
      outcome,
      milliseconds,
      complaints: [...complaints, ...slow],
    };
  }

  /** What a seed stands for. */
  caseOf(seed: number): FuzzCase {
    const random = new Stream(seed, "fuzz");
    const any = (): Repository =>
      this.#repositories[random.between(0, this.#repositories.length - 1)] ?? this.#first();
    const [repository, other] = [any(), any()];
    const { sample } = repository;
    const words = random.chance(0.05) ? mutateWords(sample.words, random) : sample.words;
    const files = new Map<string, Uint8Array>();
    for (let count = random.chance(0.3) ? 2 : 1; count > 0; count -= 1) {
      const file = sample.plans[random.between(0, sample.plans.length - 1)] ?? "";
      const [piece = ""] = Object.values(other.sample.files);
      files.set(file, mutate(sample.files[file] ?? "", random, piece));
    }
    return { repository, words, files };
  }

  #first(): Repository {
    const [first] = this.#repositories;
    if (first === undefined) throw new Error("no samples");
    return first;
  }

  #make(sample: Sample): Repository {
    const root = path.join(this.#folder, sample.name, "repository");
    const outside = path.join(this.#folder, sample.name);
    const plan = `## Task 9.9: ${SECRET}\n\n- [ ] T001 ${SECRET}\n`;
    for (const [file, text] of Object.entries(sample.files)) {
      fs.mkdirSync(path.dirname(path.join(root, file)), { recursive: true });
      fs.writeFileSync(path.join(root, file), text);
    }
    fs.writeFileSync(path.join(outside, "secret.md"), plan);
    fs.mkdirSync(path.join(outside, "far"));
    fs.writeFileSync(path.join(outside, "far/tasks.md"), plan);
    fs.writeFileSync(path.join(outside, "far/secret.md"), plan);
    fs.symlinkSync(path.join(outside, "secret.md"), path.join(root, "link.md"));
    fs.symlinkSync(path.join(outside, "far"), path.join(root, "linked"));
    const { config } = loadConfig({ root, env: {} });
    return { sample, place: { root, directory: root, config } };
  }
}

async function readCase(
  place: SourcePlace,
  words: readonly string[],
  seed: number,
): Promise<Pick<CaseResult, "outcome" | "complaints">> {
  try {
    const milestone = await readMilestone(place, words);
    const plan = buildPlan(milestone);
    const secret = JSON.stringify([milestone, plan]).includes(SECRET)
      ? ["the secret was read"]
      : [];
    const complaints = [
      ...complaintsAboutFindings(milestone),
      ...complaintsAboutPlan(plan),
      ...complaintsAboutMarks(place.root, milestone),
      ...complaintsAboutWords(plan, new Stream(seed, "corrections")),
      ...secret,
    ];
    return { outcome: "plan", complaints };
  } catch (error) {
    const complaints = complaintsAboutError(error);
    const isTold = error instanceof Error && error.message.includes(SECRET);
    return {
      outcome: "refused",
      complaints: isTold ? [...complaints, "the secret is told"] : complaints,
    };
  }
}
