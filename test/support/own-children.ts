import fs from "node:fs";

/** Pids of this process's own children whose arguments contain `words`, as Linux tells them. */
export function ownChildren(words: string): readonly number[] {
  const tasks = `/proc/${process.pid}/task`;
  const pids = fs
    .readdirSync(tasks)
    .flatMap((task) => fs.readFileSync(`${tasks}/${task}/children`, "utf8").trim().split(" "))
    .filter((pid) => pid !== "");
  return pids.map(Number).filter((pid) => argumentsOf(pid).includes(words));
}

function argumentsOf(pid: number): string {
  try {
    return fs.readFileSync(`/proc/${pid}/cmdline`, "utf8").replaceAll("\0", " ");
  } catch {
    return "";
  }
}
