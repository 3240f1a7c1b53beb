import { realpathSync } from "node:fs";
import { mkdir, readFile, rename, rm, stat, writeFile } from "node:fs/promises";
import { basename, dirname, isAbsolute, join, relative, resolve } from "node:path";
import { parseDocument } from "yaml";
import { parseDispatch } from "../adapters/sources/dispatch/parse-dispatch.ts";
import type { Config } from "../config/load.ts";
import type { DispatchPlan } from "../core/plan/dispatch-plan.ts";
import { UserError } from "../errors.ts";

export interface GroomPlace {
  readonly root: string;
  readonly cairnFolder: string;
  /** Folder the command was started in: paths are taken from there. */
  readonly directory: string;
  readonly config: Config;
}

const BYTES_MAX = 16 * 1024 * 1024;

/** A file as it lies; both null where there is none. */
export interface Filed {
  readonly text: string | null;
  /** Null also for a file of another kind. */
  readonly dispatch: DispatchPlan | null;
}

/**
 * Absolute path of the dispatch plan: as typed, from the folder of the command; else as `sources.dispatch` says, from
 * the root. @throws UserError `groom/outside` when a relative path leaves the repository.
 */
export function dispatchFileFor(
  { root, directory, config }: GroomPlace,
  typed: string | null,
  number: string,
): string {
  // A number is read from a file: it may name no other folder.
  const safe = number.replaceAll(/[^\w.-]+/gu, "-").replaceAll(/^\.+/gu, "");
  const absolute =
    typed === null
      ? join(root, config.sources.dispatch.replaceAll("{n}", safe))
      : resolve(directory, typed);
  if (typed !== null && isAbsolute(typed)) return absolute;
  if (isInside(realpathSync(root), realParent(absolute))) return absolute;
  throw new UserError(
    "groom/outside",
    `${typed ?? relative(root, absolute)} lies outside of this repository.`,
    {
      hints: ["Name a file in it, or an absolute path: --output /some/where/plan.yaml"],
    },
  );
}

/** The nearest folder above that exists, with links followed. */
function realParent(absolute: string): string {
  let folder = dirname(absolute);
  for (;;) {
    try {
      return realpathSync(folder);
    } catch {
      const above = dirname(folder);
      if (above === folder) return folder;
      folder = above;
    }
  }
}

function isInside(root: string, path: string): boolean {
  const inside = relative(root, path);
  return inside === "" || (!inside.startsWith("..") && !isAbsolute(inside));
}

/** @throws UserError `groom/exists` for a file of another kind, unless `force`. */
export async function filedPlan(absolute: string, shown: string, force: boolean): Promise<Filed> {
  const facts = await stat(absolute).catch(() => null);
  if (facts === null) return { text: null, dispatch: null };
  const isText = facts.isFile() && facts.size <= BYTES_MAX;
  const text = isText ? await readFile(absolute, "utf8") : null;
  const dispatch = text === null ? null : parseDispatch(text);
  if (dispatch !== null && !force) refuseBroken(text ?? "", shown);
  if (dispatch !== null || (force && facts.isFile())) return { text, dispatch };
  throw new UserError("groom/exists", `${shown} is there already, and it is no dispatch plan.`, {
    hints: [
      "Name another file: --output plan/other.yaml",
      ...(facts.isFile() ? ["Or write over it: --force"] : []),
    ],
  });
}

/** Half of a file can be read where the other half is broken: what a person wrote there would be lost. */
function refuseBroken(text: string, shown: string): void {
  const [first] = parseDocument(text).errors;
  if (first === undefined) return;
  throw new UserError("groom/broken", `${shown} cannot be read as YAML as it lies.`, {
    quote: first.message,
    hints: ["Correct it there, so that what you wrote is kept.", "Or write it anew: --force"],
  });
}

/** Written whole or not at all: who reads it meanwhile never sees half of it. */
export async function writePlanFile(absolute: string, text: string): Promise<void> {
  await mkdir(dirname(absolute), { recursive: true });
  const beside = join(dirname(absolute), `.${basename(absolute)}.${process.pid}`);
  try {
    await writeFile(beside, text, { flag: "wx" });
    await rename(beside, absolute);
  } catch (error) {
    await rm(beside, { force: true });
    throw error;
  }
}
