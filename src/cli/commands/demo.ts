import { ExitCode } from "../../errors.ts";
import type { CommandContext, CommandModule } from "../command-module.ts";
import { isOn, textOption } from "../options.ts";

const PLAN = "docs/M1_trail.md";

export const command: CommandModule = {
  args: [],
  options: [
    {
      flags: "--into <folder>",
      meaning: "Make the sample repository in this new folder instead of a temporary one",
    },
    { flags: "--red-gate", meaning: "Make one gate red for one issue, to see that gates stop" },
    {
      flags: "--parallel <n>",
      meaning: "Let this many agent sessions live at once",
      sets: { key: "parallel" },
    },
    { flags: "--land", meaning: "Land the milestone on the sample's main branch at the end" },
  ],
  run: async (context) => {
    const { makeDemo } = await import("../../composition/make-demo.ts");
    const demo = await makeDemo({
      into: textOption(context.options, "into"),
      redGate: isOn(context.options, "redGate"),
    });
    const quiet = context.globals.json || context.globals.progress === "quiet";
    const tell = (line: string): void => {
      if (!quiet) context.tell(line);
    };
    tell(`A sample repository with a milestone of six issues: ${demo.root}`);
    tell(
      "Agents are replayed from a recording; git, gates, reviews and merges are real. No network is used.",
    );
    tell(`If you stop it, kill -9 included: ${demo.cairn} -C ${demo.root} resume`);
    tell("");
    const code = await inDemo(context, demo.root, "run", [PLAN], { autonomous: true });
    tell("");
    if (!quiet) await inDemo(context, demo.root, "report", [], {});
    if (code === ExitCode.done && isOn(context.options, "land"))
      await inDemo(context, demo.root, "land", [], { yes: true });
    for (const line of lookAround(demo.cairn, demo.root)) tell(line);
    return code;
  },
};

async function inDemo(
  context: CommandContext,
  root: string,
  name: "run" | "report" | "land",
  args: readonly string[],
  options: CommandContext["options"],
): Promise<ExitCode> {
  const modules = {
    run: () => import("./run.ts"),
    report: () => import("./report.ts"),
    land: () => import("./land.ts"),
  };
  const { command: module } = await modules[name]();
  const flags =
    options["autonomous"] === true
      ? [...context.flags, { flag: "--autonomous", key: "mode", value: "autonomous" }]
      : context.flags;
  return (
    (await module.run({
      ...context,
      args,
      options,
      flags,
      directory: root,
      env: demoEnvironment(context.env),
    })) ?? ExitCode.done
  );
}

/** Nothing of the person's own settings may change what the demo shows. */
function demoEnvironment(env: CommandContext["env"]): CommandContext["env"] {
  return Object.fromEntries(
    Object.entries(env).filter(
      ([name]) => !name.startsWith("CAIRN_") || name === "CAIRN_FAULT_POINT",
    ),
  );
}

function lookAround(cairn: string, root: string): readonly string[] {
  return [
    "",
    "Look around:",
    `  git -C ${root} log --first-parent --oneline milestone/m1-trail`,
    `  ${cairn} -C ${root} status`,
    `  ${cairn} -C ${root} logs 1.3`,
    `  ${cairn} -C ${root} land --yes`,
  ];
}
