import { appendFileSync } from "node:fs";
import { FAULT_POINTS, NO_FAULTS, type FaultPoint, type Faults } from "../engine/fault-points.ts";
import { UserError } from "../errors.ts";

/**
 * `CAIRN_FAULT_POINT=RunSession:inside` (or `RunSession:inside@3`: at the third passing) kills this process there, as
 * `kill -9` would. `CAIRN_FAULT_LOG=FILE` writes down every point that is passed. For tests of recovery.
 */
export function faultsFrom(env: Readonly<Record<string, string | undefined>>): Faults {
  const [wanted, file] = [env["CAIRN_FAULT_POINT"] ?? "", env["CAIRN_FAULT_LOG"] ?? ""];
  if (wanted === "" && file === "") return NO_FAULTS;
  const note = (passed: FaultPoint): void => {
    if (file !== "") appendFileSync(file, `${passed}\n`);
  };
  if (wanted === "") return { pass: note };
  const [point = "", count = "1"] = wanted.split("@");
  if (!FAULT_POINTS.some((known) => known === point)) {
    throw new UserError("faults/unknown", `There is no fault point ${point}.`, {
      hints: [`There are: ${FAULT_POINTS.join(", ")}.`],
    });
  }
  let left = Number(count);
  return {
    pass: (passed) => {
      note(passed);
      if (passed !== point) return;
      left -= 1;
      if (left === 0) process.kill(process.pid, "SIGKILL");
    },
  };
}
