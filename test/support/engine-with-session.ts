// Stands for an engine that runs one session: started by a test as a process of its own, to be killed.
// argv[2]: JSON {cairnFolder, request}. Prints the outcome when there is one.
import { createCommand } from "../../src/adapters/agents/command/command.ts";
import { createLocalDispatch } from "../../src/adapters/dispatch/local/local-dispatch.ts";
import type { SessionRequest } from "../../src/ports/dispatch.ts";

/** This file, for whoever starts it. */
export const engineProgram = import.meta.filename;

async function runOneSession(order: {
  readonly cairnFolder: string;
  readonly request: SessionRequest;
}): Promise<void> {
  const dispatch = createLocalDispatch({
    cairnFolder: order.cairnFolder,
    agents: { sh: createCommand({ name: "sh", command: ["sh"], commits: true }) },
    environment: process.env,
  });
  const outcome = await dispatch.run(order.request);
  await dispatch.close();
  console.log(JSON.stringify(outcome));
}

if (import.meta.main)
  await runOneSession(JSON.parse(process.argv[2] ?? "") as Parameters<typeof runOneSession>[0]);
