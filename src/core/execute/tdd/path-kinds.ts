import picomatch from "picomatch";
import { z } from "zod";
import type { ChangedFile } from "../../review/stops/changed-file.ts";
import type { TddPolicy } from "../../run/settings.ts";

/** `neutral`: exempt by the owner's words, or scaffolding; it needs no proof and is nobody's green. */
export type PathKind = "test" | "neutral" | "source";

/** What surrounds code, and is no behaviour that a test could ask for. */
const SCAFFOLDING: readonly string[] = [
  "**/{package,package-lock,npm-shrinkwrap,tsconfig*,jsconfig*,deno,composer,biome,turbo,nx,lerna}.json",
  "**/{pnpm-lock,pnpm-workspace}.yaml",
  "**/*.lock",
  "**/{bun.lockb,go.mod,go.sum,Cargo.toml,pyproject.toml,setup.cfg,tox.ini,pytest.ini,Pipfile,requirements*.txt}",
  "**/{Makefile,Dockerfile,LICENSE*,CODEOWNERS}",
  "**/.{gitignore,gitattributes,gitkeep,editorconfig,dockerignore,npmrc,nvmrc,node-version,tool-versions}",
  "**/.{eslint,prettier,oxlint,oxfmt,babel,mocha,nyc,c8,stylelint,lintstaged,swc}rc*",
  "**/{vite,vitest,jest,eslint,prettier,babel,webpack,rollup,tailwind,postcss,playwright,knip,tsup,svelte,next,astro,karma,commitlint}*.config.*",
  ".github/**",
  ".husky/**",
  ".vscode/**",
  ".gitlab-ci.yml",
  ".cairn.yml",
  // Types without code.
  "**/*.d.{ts,mts,cts}",
];

/** Test folders by the custom of jest, whatever the owner's patterns name beside them. */
const TEST_FOLDERS: readonly string[] = ["**/__tests__/**", "**/__snapshots__/**"];

/** Files of no program: how things look, words, pictures, and what only a database can run. */
const NO_PROGRAM: readonly string[] = [
  "**/*.{css,scss,sass,less,txt,rst,adoc,sql,csv,pdf}",
  "**/*.{svg,png,jpg,jpeg,gif,webp,avif,ico,woff,woff2,ttf,otf,mp3,mp4}",
  "**/.env.{example,sample,template}",
];

/** Files that say which tests are run, beside the manifest of npm. */
const RUNNER_SETTINGS: readonly string[] = [
  "**/{vite,vitest,jest}*.config.*",
  "**/vitest.workspace.*",
  "**/{,vitest,jest,global,test}{,.,-,_}{setup,Setup,setupTests}.*",
  "**/.mocharc*",
  "**/{pytest.ini,pyproject.toml,setup.cfg,tox.ini,conftest.py,Cargo.toml,Makefile}",
];

export interface PathKinds {
  readonly kindOf: (path: string) => PathKind;
  /** Neutral because no program is in it, and not by the owner's words: worth a word in the evidence. */
  readonly isNoProgram: (path: string) => boolean;
  /** The change may leave tests out of what is run. */
  readonly isRunnerSetting: (file: ChangedFile) => boolean;
}

/** Sorts paths by the owner's patterns; a test stays a test where a pattern exempts its folder too. */
export function pathKinds(policy: Pick<TddPolicy, "tests" | "exempt">): PathKinds {
  const isTest = matcher([...policy.tests, ...TEST_FOLDERS]);
  const isExempt = matcher([...policy.exempt, ...SCAFFOLDING]);
  const isNoProgram = matcher(NO_PROGRAM);
  const isNeutral = (path: string): boolean => isExempt(path) || isNoProgram(path);
  const isSetting = matcher(RUNNER_SETTINGS);
  return {
    kindOf: (path) => (isTest(path) ? "test" : isNeutral(path) ? "neutral" : "source"),
    isNoProgram: (path) => !isTest(path) && !isExempt(path) && isNoProgram(path),
    isRunnerSetting: (file) =>
      /(?:^|\/)package\.json$/.test(file.path)
        ? runnerPartOf(file.before) !== runnerPartOf(file.after)
        : isSetting(file.path),
  };
}

/** What of a manifest a test runner reads; most changes of one are of its dependencies. */
function runnerPartOf(manifest: string | null): string {
  try {
    const { scripts, jest, vitest, mocha, ava, workspaces } = ManifestSchema.parse(
      JSON.parse(manifest ?? "{}"),
    );
    return JSON.stringify([scripts, jest, vitest, mocha, ava, workspaces]);
  } catch {
    return manifest ?? "";
  }
}

const ManifestSchema = z.object({
  scripts: z.record(z.string(), z.unknown()).optional(),
  jest: z.unknown().optional(),
  vitest: z.unknown().optional(),
  mocha: z.unknown().optional(),
  ava: z.unknown().optional(),
  workspaces: z.unknown().optional(),
});

function matcher(patterns: readonly string[]): (path: string) => boolean {
  return patterns.length === 0 ? () => false : picomatch([...patterns], { dot: true });
}
