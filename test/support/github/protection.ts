// Protected branches refuse pushes as GitHub does: the branch alone, with its words, by git's own `proc-receive` hook.
import fs from "node:fs";
import path from "node:path";
import type { Hub } from "./hub.ts";

// The hook answers git in packets: four hexadecimal digits of length, then the text; 0000 ends a group.
const HOOK = `
const fs = require("node:fs");
const refused = JSON.parse(process.env.DOUBLE_PROTECTED);
const read = (size) => {
  const into = Buffer.alloc(size);
  for (let at = 0; at < size; ) at += fs.readSync(0, into, at, size - at, null);
  return into.toString("utf8");
};
const packets = () => {
  const all = [];
  for (;;) {
    const size = parseInt(read(4), 16);
    if (size === 0) return all;
    all.push(read(size - 4).trim());
  }
};
const write = (text) =>
  fs.writeSync(1, (Buffer.byteLength(text) + 4).toString(16).padStart(4, "0") + text);
packets();
write("version=1\\n");
fs.writeSync(1, "0000");
for (const command of packets()) {
  const ref = command.split(" ")[2];
  const { words, reason } = refused[ref] ?? Object.values(refused)[0];
  fs.writeSync(2, words.join("\\n") + "\\n");
  write("ng " + ref + " " + reason + "\\n");
}
fs.writeSync(1, "0000");
`;

/** Puts the hook into the repository; it is asked only about the refs that `protectedRefs` names. */
export function installHook(gitDir: string): void {
  const hooks = path.join(gitDir, "hooks");
  fs.mkdirSync(hooks, { recursive: true });
  const script = path.join(hooks, "proc-receive.cjs");
  fs.writeFileSync(script, HOOK);
  const run = `#!/bin/sh\nexec "${process.execPath}" "${script}"\n`;
  fs.writeFileSync(path.join(hooks, "proc-receive"), run, { mode: 0o755 });
}

/** Refs that take no push, with what GitHub prints and answers. */
export function protectedRefs(
  hub: Hub,
): Readonly<Record<string, { readonly words: readonly string[]; readonly reason: string }>> {
  const entries = [...hub.rules].flatMap(([branch, rules]) => {
    if (!rules.isProtected) return [];
    const ref = `refs/heads/${branch}`;
    const why = rules.hasQueue
      ? "Changes must be made through the merge queue"
      : "Changes must be made through a pull request.";
    const refused =
      rules.source === "ruleset"
        ? {
            words: [
              `error: GH013: Repository rule violations found for ${ref}.`,
              "",
              `- ${why}`,
              "",
            ],
            reason: "push declined due to repository rule violations",
          }
        : {
            words: [`error: GH006: Protected branch update failed for ${ref}.`, `error: ${why}`],
            reason: "protected branch hook declined",
          };
    return [[ref, refused] as const];
  });
  return Object.fromEntries(entries);
}
