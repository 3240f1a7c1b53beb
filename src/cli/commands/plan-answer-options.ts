import type { CommandOption } from "../command-module.ts";

/** Flags that correct a plan, or have an agent propose what is missing in it. */
export const PLAN_ANSWER_OPTIONS: readonly CommandOption[] = [
  {
    flags: "--correct <words>",
    meaning: 'Correct the plan first: "119 needs 116; 115 and 116 are independent"',
    group: "Plan",
    repeats: true,
  },
  {
    flags: "--propose",
    meaning: "Ask an agent which issues need each other, where the plan does not say",
    group: "Plan",
  },
  {
    flags: "--no-propose",
    meaning: "Ask no agent about the plan: what the rules propose is enough",
    group: "Plan",
  },
];
