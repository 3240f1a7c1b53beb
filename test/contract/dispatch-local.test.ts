import fs from "node:fs";
import { describe } from "vitest";
import { createSessionWorld } from "../support/session-world.ts";
import { dispatchContract, type Behaviour } from "./dispatch-contract.ts";

const SCRIPTS: Readonly<Record<Behaviour, string>> = {
  works:
    'echo first words; sleep 0.4; echo \'{"status": "complete", "summary": "done"}\' > "$CAIRN_RESULT_FILE"; echo last words',
  fails: "echo I cannot; exit 7",
  waits: "echo waiting; sleep 1000",
};

describe("local dispatch, real processes", () => {
  dispatchContract(async () => {
    const world = createSessionWorld();
    const starts = (session: string): number => {
      const file = world.file(`starts-${session}`);
      return fs.existsSync(file) ? fs.readFileSync(file, "utf8").trim().split("\n").length : 0;
    };
    return Promise.resolve({
      dispatch: world.dispatch(),
      another: () => world.dispatch(),
      request: (session, behaviour, limits = {}) => {
        const script = `echo started >> '${world.file(`starts-${session}`)}'; ${SCRIPTS[behaviour]}`;
        const request = world.request(session, script);
        return { ...request, limits: { ...request.limits, ...limits } };
      },
      starts,
      dispose: () => world.dispose(),
    });
  });
});
