import { isoEvent } from "../../api/event-json.ts";
import type { StoredEvent } from "../../core/run/events.ts";
import { UserError } from "../../errors.ts";
import type { CommandModule } from "../command-module.ts";
import { isOn, textOption } from "../options.ts";
import { followRun } from "./follow.ts";
import { RUN_OPTION, withRun } from "./with-run.ts";

/** The log of a run, one JSON object per line: that is also its text form. */
export const command: CommandModule = {
  args: [],
  options: [
    RUN_OPTION,
    { flags: "-f, --follow", meaning: "Go on with what happens, until nobody works on the run" },
    { flags: "--since <n>", meaning: "Leave out the events up to this number" },
  ],
  run: (context) => {
    const since = readSince(textOption(context.options, "since"));
    return withRun(context, async (reader) => {
      const print = (events: readonly StoredEvent[]): void => {
        for (const event of events)
          if (event.seq > since) context.out(JSON.stringify(isoEvent(event)));
      };
      // Up to where the reader has folded: what came since is the first that following hands on.
      print(reader.events(since).filter((event) => event.seq <= reader.run.seq));
      if (isOn(context.options, "follow")) await followRun(reader, print);
    });
  },
};

function readSince(text: string | null): number {
  if (text === null) return 0;
  if (/^\d{1,15}$/.test(text)) return Number(text);
  throw new UserError("cli/usage", `--since takes the number of an event, not "${text}".`, {
    hints: ["Each line of `cairn events` begins with its number, `seq`."],
  });
}
