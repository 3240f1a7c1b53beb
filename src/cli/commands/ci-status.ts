import type { CiStatusJson } from "../../api/ci-status-json.ts";
import { ExitCode, UserError } from "../../errors.ts";
import type { CommandContext, CommandModule } from "../command-module.ts";
import { isOn } from "../options.ts";
import { renderCiStatus } from "../render/ci-status.ts";
import { limitWords, projectFor } from "./hosting.ts";
import { lookFor } from "./with-run.ts";

/** The checks of a pull request. Ends with 0 when they passed or there are none, 1 when one failed, 8 while one is out. */
export const command: CommandModule = {
  args: [{ words: "<pr>", meaning: "Number of the pull request" }],
  options: [{ flags: "--wait", meaning: "Look again until it is decided, at most `ci.timeout`" }],
  run: (context) => show(context),
};

async function show(context: CommandContext): Promise<ExitCode> {
  const number = readNumber(context.args[0] ?? "");
  const [project, { ciStatusOf }] = await Promise.all([
    projectFor(context),
    import("../../composition/ci-status.ts"),
  ]);
  const isTalking = !context.globals.json && context.globals.progress !== "quiet";
  let told = "";
  const { status, isOverdue } = await ciStatusOf(
    {
      root: project.root,
      config: project.loaded.config,
      env: context.env,
      clock: project.clock,
      onLimit: (until, words) => context.tell(limitWords(until, words)),
    },
    {
      number,
      waits: isOn(context.options, "wait"),
      onLook: ({ words }) => {
        // Once for each change: a wait may take half an hour.
        if (isTalking && words !== told) context.tell(`${words} …`);
        told = words;
      },
    },
  );
  context.out(
    context.globals.json
      ? JSON.stringify(status, null, 2)
      : renderCiStatus(status, lookFor(context)),
  );
  if (isOverdue) context.tell("Not decided within `ci.timeout`; ask again, or look at the checks.");
  return exitCodeOf(status);
}

/** As `gh pr checks` ends. */
function exitCodeOf(status: CiStatusJson): ExitCode {
  switch (status.state) {
    case "passed":
    case "none":
      return ExitCode.done;
    case "failed":
      return ExitCode.failures;
    case "pending":
      return ExitCode.stillRunning;
    case "unreadable":
      return ExitCode.authentication;
    case "closed":
      return status.pullRequest.state === "merged" ? ExitCode.done : ExitCode.failures;
  }
}

function readNumber(written: string): number {
  const digits = /^#?([1-9]\d{0,8})$/u.exec(written)?.[1];
  if (digits !== undefined) return Number(digits);
  throw new UserError("cli/usage", `\`${written.slice(0, 80)}\` is no number of a pull request.`, {
    hints: ["Name it by its number: cairn ci-status 12"],
  });
}
