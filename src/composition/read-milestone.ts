import { existsSync } from "node:fs";
import { readdir } from "node:fs/promises";
import path from "node:path";
import { createBeadsSource } from "../adapters/sources/beads/beads-source.ts";
import { hasMilestoneFolder, isMilestoneFolder } from "../adapters/sources/folder/find-folder.ts";
import { createDispatchSource } from "../adapters/sources/dispatch/dispatch-source.ts";
import { createFolderSource } from "../adapters/sources/folder/folder-source.ts";
import type { FolderSourceSettings } from "../adapters/sources/folder/folder-source.ts";
import { createJsonSource } from "../adapters/sources/json/json-source.ts";
import { createMarkdownSource } from "../adapters/sources/markdown/markdown-source.ts";
import {
  createSpecKitSource,
  isSpecKitText,
} from "../adapters/sources/spec-kit/spec-kit-source.ts";
import { createTaskMasterSource } from "../adapters/sources/task-master/task-master-source.ts";
import { readPlanFile } from "../adapters/sources/text-file.ts";
import type { Config } from "../config/load.ts";
import type { Milestone, SourceReference } from "../core/plan/issue.ts";
import { needsGithub, readSourceArgument } from "../core/plan/source-argument.ts";
import type { SourceArgument } from "../core/plan/source-argument.ts";
import type { TaskKey } from "../core/shared/names.ts";
import { nearestName } from "../core/shared/nearest-name.ts";
import { UserError } from "../errors.ts";
import type { Source } from "../ports/source.ts";
import type { OpenedGitHub } from "./open-github.ts";
import { pathInRepository } from "./path-in-repository.ts";
import { milestoneWithoutSecrets } from "./without-secrets.ts";

export interface SourcePlace {
  readonly root: string;
  /** Its secrets are taken out of what is read; absent: this process's. */
  readonly env?: Readonly<Record<string, string | undefined>>;
  /** Folder the command was started in: paths are taken from there. */
  readonly directory: string;
  readonly config: Config;
  /** The forge's issues; answers null where the repository is not on one. */
  readonly openGitHub?: () => Promise<OpenedGitHub | null>;
  /** Keys that earlier runs of a part of a milestone brought home. */
  readonly mergedBefore?: (source: SourceReference) => Promise<ReadonlySet<TaskKey>>;
}

/** What a file looks like before anybody reads it in earnest. */
interface Shape {
  /** Relative to the repository, with `/`. */
  readonly file: string;
  /** Its text; empty where it cannot be read: then the source says why. */
  readonly text: string;
}

/** The first row that fits reads it; markdown takes the rest. */
const FILES: readonly {
  readonly fits: (shape: Shape) => boolean;
  readonly create: (settings: { readonly root: string }) => Source;
}[] = [
  { fits: ({ file }) => /\.jsonl$/iu.test(file), create: createBeadsSource },
  { fits: isTaskMaster, create: createTaskMasterSource },
  { fits: ({ file }) => /\.json$/iu.test(file), create: createJsonSource },
  { fits: isSpecKit, create: createSpecKitSource },
  { fits: () => true, create: createMarkdownSource },
];

/** The files that a folder of another tool is read from, best first. */
const FILES_OF_FOLDERS = [
  "tasks.md",
  "issues.jsonl",
  "beads.jsonl",
  "tasks/tasks.json",
  "tasks.json",
];

function isTaskMaster({ file, text }: Shape): boolean {
  return /\.json$/iu.test(file) && /^\s*\{/u.test(text) && text.includes('"tasks"');
}

function isSpecKit({ file, text }: Shape): boolean {
  // A markdown plan may hold such lines too; its tasks are headings.
  const isNamed = path.posix.basename(file).toLowerCase() === "tasks.md";
  return isSpecKitText(text) && (isNamed || !/^#{1,6} +task +#?\d/imu.test(text));
}

/**
 * Reads the milestone that a person named on the command line, by whichever source it is, without the secrets in it.
 * @throws UserError `source/…`, `cli/usage` when nothing can be read.
 */
export async function readMilestone(
  parts: SourcePlace,
  words: string | readonly string[],
): Promise<Milestone> {
  return milestoneWithoutSecrets(await readWhole(parts, words), parts);
}

async function readWhole(
  parts: SourcePlace,
  words: string | readonly string[],
): Promise<Milestone> {
  const argument = readSourceArgument(typeof words === "string" ? [words] : words, {
    exists: (word) => existsInRepository(parts, word),
    hasFolder: (name) => hasMilestoneFolder(folderPlaces(parts), name),
  });
  switch (argument.kind) {
    case "path":
      return readPath(parts, argument.path);
    case "folder":
      return createFolderSource(folderPlaces(parts)).read(argument.name);
    case "dispatch":
      return readDispatch(parts, await dispatchFile(parts, argument.number));
    case "issues":
    case "milestone": {
      const opened = await parts.openGitHub?.();
      if (opened == null) throw needsGithub(argument, await nearestPlan(parts, argument));
      const { gitHubSource, referenceOf } = await import("./github-source.ts");
      const { source } = await gitHubSource(opened, Date.now);
      return source.read(referenceOf(argument));
    }
  }
}

async function readPath(parts: SourcePlace, written: string): Promise<Milestone> {
  const { root } = parts;
  const reference = toReference(parts, written);
  if (isMilestoneFolder(root, reference))
    return createFolderSource(folderPlaces(parts)).read(reference);
  if (/\.ya?ml$/iu.test(reference)) return readDispatch(parts, reference);
  const inside = FILES_OF_FOLDERS.map((name) => path.posix.join(reference, name));
  const file = inside.find((name) => existsSync(path.join(root, name))) ?? reference;
  // `tasks.json#auth` names a tag in a file.
  const bare = file.replace(/(\.json)#[^/]*$/iu, "$1");
  const shape = { file: bare, text: await textOf(root, bare) };
  const row = FILES.find(({ fits }) => fits(shape));
  return (row?.create ?? createMarkdownSource)({ root }).read(file);
}

/** A dispatch plan with the source that it was made of, which is never a dispatch plan itself. */
async function readDispatch(parts: SourcePlace, file: string): Promise<Milestone> {
  const atRoot = { ...parts, directory: parts.root };
  const runsOf: SourceReference = { kind: "dispatch", reference: file };
  return createDispatchSource({
    root: parts.root,
    readSource: async (kind, reference) => {
      const read =
        kind === "folder"
          ? createFolderSource(folderPlaces(parts)).read(reference)
          : readPath(atRoot, reference);
      return withMerged(parts, await read, runsOf);
    },
  }).read(file);
}

/** A plan that was saved in the middle of the work knows what is done; its source may not say so before the end. */
async function withMerged(
  { mergedBefore }: SourcePlace,
  truth: Milestone,
  plan: SourceReference,
): Promise<Milestone> {
  if (mergedBefore === undefined) return truth;
  const merged = await Promise.all([mergedBefore(truth.source), mergedBefore(plan)]);
  const done = { state: "closed", closedAs: "completed" } as const;
  return {
    ...truth,
    issues: truth.issues.map((issue) =>
      merged.some((keys) => keys.has(issue.key)) ? { ...issue, ...done } : issue,
    ),
  };
}

/**
 * Where the configuration says that the dispatch plan of a milestone lies: `3`, else `m3`, else the only one whose name
 * goes on behind that (`m3-workers`).
 */
async function dispatchFile({ root, config }: SourcePlace, number: string): Promise<string> {
  const pattern = config.sources.dispatch;
  const named = (name: string): string => pattern.replaceAll("{n}", name);
  const exact = [number, `m${number}`].map(named);
  const found = exact.find((name) => existsSync(path.join(root, name)));
  if (found !== undefined) return found;
  const folder = path.posix.dirname(pattern);
  const [before = "", after = ""] = path.posix.basename(pattern).split("{n}", 2);
  const names = await readdir(path.join(root, folder)).catch(() => []);
  const longer = names.filter(
    (name) =>
      [`${before}${number}-`, `${before}m${number}-`].some((start) => name.startsWith(start)) &&
      name.endsWith(after),
  );
  const [only, ...others] = longer.map((name) => path.posix.join(folder, name));
  if (only !== undefined && others.length === 0) return only;
  throw new UserError("source/not-found", `There is no dispatch plan ${named(number)}.`, {
    hints: [
      only === undefined
        ? "Write it: cairn groom SOURCE"
        : `Name one of these: ${[only, ...others].toSorted().join(", ")}`,
      "Where such plans lie is `sources.dispatch` in .cairn.yml.",
    ],
  });
}

function folderPlaces({ root, config }: SourcePlace): FolderSourceSettings {
  return { root, pattern: config.sources.milestones, target: config.target };
}

function toReference(parts: SourcePlace, written: string): string {
  const inside = pathInRepository(parts.root, parts.directory, written);
  return inside.split(path.sep).join("/");
}

function existsInRepository(parts: SourcePlace, word: string): boolean {
  const absolute = path.resolve(parts.directory, word);
  return !word.includes("\0") && existsSync(absolute);
}

async function textOf(root: string, reference: string): Promise<string> {
  try {
    // Follows no link out of the repository.
    return (await readPlanFile(root, reference)).text;
  } catch (error) {
    if (error instanceof UserError) return "";
    throw error;
  }
}

/** A plan in the folder of the command, below `docs` or in `specs` whose name is nearly what was typed. */
async function nearestPlan(parts: SourcePlace, argument: SourceArgument): Promise<string | null> {
  if (argument.kind !== "milestone") return null;
  const folders = [parts.directory, `${parts.root}/docs`, `${parts.root}/specs`];
  for (const folder of folders) {
    const names = await readdir(folder).catch(() => []);
    const stems = new Map(names.map((name) => [name.replace(/\.[^.]+$/u, ""), name]));
    const near = nearestName(argument.title, [...stems.keys(), ...names]);
    if (near !== null)
      return path.relative(parts.directory, path.join(folder, stems.get(near) ?? near));
  }
  return null;
}
