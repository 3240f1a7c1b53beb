// `npm run corpus`: how well dependencies are read out of the texts of the corpus, and secrets kept out of them, with
// every miss by name. Ends with 1 below the aims. `npm run corpus -- --quiet` leaves the misses out.
import { NO_THREAD } from "../test/corpus/dependencies/case.ts";
import { AIMS, scoreCorpus } from "../test/corpus/dependencies/score.ts";
import type { CaseScore } from "../test/corpus/dependencies/score.ts";
import { AIMS as SECRET_AIMS, scoreSecrets } from "../test/corpus/secrets/score.ts";

function report(quiet: boolean): number {
  const { cases, precision, recall, unresolved } = scoreCorpus();
  if (!quiet) for (const score of cases) for (const line of missesOf(score)) console.log(line);
  const threads = new Set(cases.map(({ after }) => after).filter((after) => after !== NO_THREAD))
    .size;
  const clean = cases.filter((score) => missesOf(score).length === 0).length;
  console.log(`${cases.length} cases after ${threads} public threads, ${clean} without a miss`);
  console.log(`precision  ${precision.toFixed(3)}  (aim ${AIMS.precision})`);
  console.log(`recall     ${recall.toFixed(3)}  (aim ${AIMS.recall})`);
  console.log(
    `unresolved ${unresolved.reported} of ${unresolved.expected} reported, ${unresolved.needless} needless`,
  );
  const reached =
    precision >= AIMS.precision &&
    recall >= AIMS.recall &&
    unresolved.reported === unresolved.expected;
  return reached ? 0 : 1;
}

function missesOf(score: CaseScore): readonly string[] {
  const { name, after, missing, wrong, unreported, needless, other } = score;
  const told = [
    ...missing.map((edge) => `missing ${edge}`),
    ...wrong.map((edge) => `wrong ${edge}`),
    ...unreported.map((words) => `unreported "${words}"`),
    ...needless.map((words) => `needless "${words}"`),
    ...other,
  ];
  return told.map((words) => `${name} (${after}): ${words}`);
}

function reportSecrets(quiet: boolean): number {
  const { secrets, lookAlikes, ways, precision, recall, missed, wrong, misnamed } = scoreSecrets();
  if (!quiet) {
    const told = [
      ...missed.map((words) => `missed ${words}`),
      ...wrong.map((words) => `wrong ${words}`),
      ...misnamed.map((words) => `misnamed ${words}`),
    ];
    for (const line of told) console.log(line);
  }
  console.log(`${secrets} secrets and ${lookAlikes} look-alikes, each written in ${ways} ways`);
  console.log(`precision  ${precision.toFixed(3)}  (aim ${SECRET_AIMS.precision})`);
  console.log(`recall     ${recall.toFixed(3)}  (aim ${SECRET_AIMS.recall})`);
  return precision >= SECRET_AIMS.precision && recall >= SECRET_AIMS.recall ? 0 : 1;
}

const isQuiet = process.argv.includes("--quiet");
process.exitCode = Math.max(report(isQuiet), reportSecrets(isQuiet));
