// Compiles src into dist and copies what the compiler leaves behind (SQL, templates).
//
// dist is written over, never emptied: tests of the built program may run beside a build. What is
// published is built into an empty folder by scripts/pack.ts.
import { spawnSync } from "node:child_process";
import { cpSync, existsSync } from "node:fs";
import { join, resolve } from "node:path";

const root = resolve(import.meta.dirname, "..");

/** Builds the program into `outDir`; throws when the compiler finds an error. */
export function build(outDir: string): void {
  if (!existsSync(join(root, "src"))) return;
  const compiler = join(root, "node_modules/.bin/tsc");
  const args = ["-p", join(root, "tsconfig.build.json"), "--outDir", outDir];
  const { status } = spawnSync(compiler, args, { cwd: root, stdio: "inherit" });
  if (status !== 0) throw new Error("The build failed; the compiler's messages stand above.");
  cpSync(join(root, "src"), outDir, { recursive: true, filter: (path) => !path.endsWith(".ts") });
}

if (import.meta.main) {
  try {
    build(join(root, "dist"));
  } catch (error) {
    console.error(String(error));
    process.exitCode = 1;
  }
}
