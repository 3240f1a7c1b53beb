import type { TaskProof } from "./proofs.ts";
import type { Report } from "./report.ts";
import type { Block, Section } from "./sections.ts";
import { plural, shortCommit } from "./words.ts";

const TESTS_SHOWN = 5;

/** What was proven about how the work came to be; nothing where nothing was measured. */
export function disciplineSections(report: Report): readonly Section[] {
  const { proofs } = report;
  return [
    { title: "Test-driven development", blocks: [summary(proofs), steps(proofs), broken(proofs)] },
  ];
}

function summary(proofs: readonly TaskProof[]): Block {
  if (proofs.length === 0) return { kind: "text", text: "" };
  const all = proofs.flatMap((proof) => proof.steps);
  const proven = all.filter(({ isProven }) => isProven).length;
  const exempt = proofs.filter(({ verdict }) => verdict === "exempt").length;
  const anew = proofs.reduce((sum, { restarts }) => sum + restarts, 0);
  const parts = [
    `${proven} of ${plural(all.length, "step")} proven: red before the code, green with it`,
    ...(exempt === 0 ? [] : [`${plural(exempt, "task")} exempt`]),
    ...(anew === 0 ? [] : [`begun anew ${anew} times because of violations`]),
  ];
  return { kind: "text", text: `${parts.join("; ")}.` };
}

function steps(proofs: readonly TaskProof[]): Block {
  return {
    kind: "table",
    head: ["Task", "Step", "Tests", "Red at", "Green at", "Without the change"],
    rows: proofs.flatMap((proof) => {
      if (proof.steps.length === 0) return [[proof.task, proof.why ?? "–", "–", "–", "–", "–"]];
      return proof.steps.map((step) => [
        proof.task,
        step.isProven ? step.subject : `${step.subject} (not proven)`,
        testsWords(step.tests),
        shortCommit(step.red),
        step.green === null ? "–" : shortCommit(step.green),
        REVERT[proof.revert],
      ]);
    }),
  };
}

const REVERT: Readonly<Record<TaskProof["revert"], string>> = {
  red: "red",
  green: "green: the tests prove nothing",
  "not-run": "not run",
};

function testsWords(tests: readonly string[]): string {
  if (tests.length === 0) return "by exit code";
  const more = tests.length - TESTS_SHOWN;
  return `${tests.slice(0, TESTS_SHOWN).join("; ")}${more > 0 ? ` and ${more} more` : ""}`;
}

function broken(proofs: readonly TaskProof[]): Block {
  const items = proofs.flatMap(({ task, violations, noted }) =>
    [...violations, ...noted].map((words) => `${task}: ${words}`),
  );
  return { kind: "list", items };
}
