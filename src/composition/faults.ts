import { FAULT_POINTS, NO_FAULTS, type Faults } from "../engine/fault-points.ts";
import { UserError } from "../errors.ts";

/**
 * `CAIRN_FAULT_POINT=RunSession:inside` (or `RunSession:inside@3`: at the third passing) kills this process there, as
 * `kill -9` would. For tests of recovery.
 */
export function faultsFrom(env: Readonly<Record<string, string | undefined>>): Faults {
  const wanted = env["CAIRN_FAULT_POINT"];
  if (wanted === undefined || wanted === "") return NO_FAULTS;
  const [point = "", count = "1"] = wanted.split("@");
  if (!FAULT_POINTS.some((known) => known === point)) {
    throw new UserError("faults/unknown", `There is no fault point ${point}.`, {
      hints: [`There are: ${FAULT_POINTS.join(", ")}.`],
    });
  }
  let left = Number(count);
  return {
    pass: (passed) => {
      if (passed !== point) return;
      left -= 1;
      if (left === 0) process.kill(process.pid, "SIGKILL");
    },
  };
}
