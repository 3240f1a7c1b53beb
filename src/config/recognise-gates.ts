import { existsSync, readFileSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { z } from "zod";

const ManifestSchema = z.object({
  scripts: z.record(z.string(), z.string()).optional(),
  packageManager: z.string().optional(),
});

/** Scripts that count as gates, in the order they run: quick answers first. */
const SCRIPTS = ["typecheck", "lint", "test", "build"];
// What npm writes into a new package: a test gate that is always red.
const PLACEHOLDER = /no test specified/;

/** Commands that look like the repository's own gates; [] when nothing is recognised. */
export function recogniseGates(root: string): readonly string[] {
  const scripts = packageScripts(root);
  if (scripts.length > 0) return scripts;
  if (/^test:/m.test(textOf(root, "Makefile"))) return ["make test"];
  if (existsSync(join(root, "Cargo.toml"))) return ["cargo check --all-targets", "cargo test"];
  if (existsSync(join(root, "go.mod"))) return ["go vet ./...", "go test ./..."];
  if (usesPytest(root)) return ["python -m pytest"];
  return [];
}

function packageScripts(root: string): readonly string[] {
  const manifest = readManifest(root);
  if (manifest === null) return [];
  const runner = packageRunner(root, manifest.packageManager);
  return SCRIPTS.filter((name) => {
    const script = manifest.scripts?.[name];
    return script !== undefined && !PLACEHOLDER.test(script);
  }).map((name) => `${runner} run ${name}`);
}

function readManifest(root: string): z.output<typeof ManifestSchema> | null {
  try {
    return ManifestSchema.parse(JSON.parse(textOf(root, "package.json")));
  } catch {
    // No manifest, or one that is none: then it says nothing about gates.
    return null;
  }
}

function packageRunner(root: string, declared: string | undefined): string {
  const name = declared?.split("@")[0];
  if (name !== undefined && ["npm", "pnpm", "yarn", "bun"].includes(name)) return name;
  if (existsSync(join(root, "pnpm-lock.yaml"))) return "pnpm";
  if (existsSync(join(root, "yarn.lock"))) return "yarn";
  if (existsSync(join(root, "bun.lock")) || existsSync(join(root, "bun.lockb"))) return "bun";
  return "npm";
}

function usesPytest(root: string): boolean {
  if (existsSync(join(root, "pytest.ini")) || existsSync(join(root, "conftest.py"))) return true;
  if (/\[tool\.pytest|pytest/.test(textOf(root, "pyproject.toml"))) return true;
  const tests = join(root, "tests");
  return existsSync(tests) && readdirSync(tests).some((name) => /^test_.*\.py$/.test(name));
}

function textOf(root: string, name: string): string {
  const path = join(root, name);
  return existsSync(path) ? readFileSync(path, "utf8") : "";
}
