import { join } from "node:path";
import { engineHolder } from "../adapters/sqlite/run-lock.ts";
import { openStoreReader, type StoreReader } from "../adapters/sqlite/sqlite-store.ts";
import type { Command, CommandName } from "../core/run/commands.ts";
import { emptyRun, evolve } from "../core/run/evolve.ts";
import type { Run } from "../core/run/run.ts";
import type { RunId, TaskKey } from "../core/shared/names.ts";
import { UserError } from "../errors.ts";
import { findMainWorkTree, noRuns, openRunReader, type RunReader } from "../host/open-run.ts";
import { userName } from "../host/user-name.ts";
import type { Sent } from "../host/send-command.ts";

// Loaded by every reading command: nothing here may load schemas, YAML, markdown, git or what finds secrets.

/** How long a live engine has to answer a command, in milliseconds. */
const ANSWER_MS = 3_000;

/** Opens a run of the repository around `cwd` for reading. @throws UserError `run/none`, `run/unknown`, `repository/none`. */
export function openView(cwd: string, name?: RunId): RunReader {
  const root = findMainWorkTree(cwd);
  const cairnFolder = join(root, ".cairn");
  const log = openLog(cairnFolder);
  try {
    return openRunReader(
      {
        root,
        cairnFolder,
        log,
        fold: { empty: emptyRun, evolve },
        holder: () => engineHolder(cairnFolder),
      },
      name,
    );
  } catch (error) {
    log.close();
    throw error;
  }
}

function openLog(cairnFolder: string): StoreReader {
  try {
    return openStoreReader(cairnFolder);
  } catch (error) {
    throw error instanceof UserError && error.code === "store/missing" ? noRuns() : error;
  }
}

/** What a person says on the command line. */
export interface Said {
  readonly name: CommandName;
  readonly task?: TaskKey;
  readonly text?: string;
  readonly flags?: Command["flags"];
}

/** Posts a command for the run that is open in `reader` and waits for the engine's answer, where one is live. */
export async function say(reader: RunReader, said: Said): Promise<Sent> {
  const [{ openStore }, { sendCommand }, { reactToCommand }] = await Promise.all([
    import("../adapters/sqlite/store.ts"),
    import("../host/send-command.ts"),
    import("../core/run/react-command.ts"),
  ]);
  const command = commandOf({ ...said, ...(await textOf(reader, said)) });
  const inbox = openStore(reader.cairnFolder);
  try {
    return await sendCommand(
      {
        reader,
        inbox,
        now: Date.now,
        judge: (heard) => reactToCommand(reader.run, heard, Date.now()),
        waitMs: ANSWER_MS,
      },
      command,
    );
  } finally {
    inbox.close();
  }
}

/** The inbox keeps it for ever. */
async function textOf({ root }: RunReader, { text }: Said): Promise<{ readonly text?: string }> {
  if (text === undefined) return {};
  const { wordsWithoutSecrets } = await import("./without-secrets.ts");
  return { text: await wordsWithoutSecrets(root, text) };
}

/** What the core would say to a command in this state; nothing is posted. */
export async function judge(
  run: Run,
  command: Command,
): Promise<{ readonly accepted: boolean; readonly answer: string }> {
  const { reactToCommand } = await import("../core/run/react-command.ts");
  return reactToCommand(run, command, Date.now());
}

/** The command as this process's user says it. */
export function commandOf(said: Said): Command {
  return {
    name: said.name,
    task: said.task ?? null,
    text: said.text ?? null,
    flags: said.flags ?? {},
    by: userName(),
    from: "terminal",
  };
}
