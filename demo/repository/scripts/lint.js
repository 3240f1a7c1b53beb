// Every module parses, and none carries a conflict marker.
import { execFileSync } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";

let bad = 0;
for (const folder of ["src", "test"]) {
  for (const name of readdirSync(folder)) {
    const file = `${folder}/${name}`;
    if (!file.endsWith(".js")) continue;
    const text = readFileSync(file, "utf8");
    const line = text.split("\n").findIndex((words) => /^(<{7}|={7}|>{7})/.test(words));
    if (line !== -1) {
      console.error(`${file}:${line + 1}: conflict marker`);
      bad += 1;
      continue;
    }
    try {
      execFileSync(process.execPath, ["--check", file], { stdio: "pipe" });
    } catch {
      console.error(`${file}:1: does not parse`);
      bad += 1;
    }
  }
}
process.exitCode = bad === 0 ? 0 : 1;
