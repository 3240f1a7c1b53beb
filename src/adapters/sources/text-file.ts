import fs from "node:fs/promises";
import path from "node:path";
import { nearestName } from "../../core/shared/nearest-name.ts";
import { UserError } from "../../errors.ts";

export interface TextFile {
  /** Relative to the repository, with `/`. */
  readonly reference: string;
  readonly absolute: string;
  readonly text: string;
}

const BYTES_MAX = 64 * 1024 * 1024;

/**
 * Reads a plan file inside the repository; `reference` may begin with `@`.
 * @throws UserError `source/not-found`, `source/directory`, `source/outside`, `source/empty`, `source/not-text`, `source/too-large`, `source/unreadable`.
 */
export async function readPlanFile(root: string, reference: string): Promise<TextFile> {
  const name = reference.trim().replace(/^@/u, "");
  if (name === "" || name.includes("\0")) {
    throw new UserError("source/not-found", "No plan file was named.", {
      hints: ["Name one: `cairn plan docs/M4.md`."],
    });
  }
  const realRoot = await fs.realpath(root);
  const asked = path.resolve(root, name);
  const absolute = await realPath(root, asked, name);
  // Compared after links are followed: a link out of the repository is outside too.
  const inside = path.relative(realRoot, absolute);
  if (inside === ".." || inside.startsWith(`..${path.sep}`) || path.isAbsolute(inside)) {
    throw new UserError("source/outside", `${name} lies outside the repository.`, {
      hints: ["Agents work on what the repository holds: copy the plan into it."],
    });
  }
  const bytes = await readBytes(absolute, name);
  const text = decode(bytes, name);
  if (text.trim() === "") {
    throw new UserError("source/empty", `${name} is empty.`, {
      hints: ["Write the plan into it, or name another file."],
    });
  }
  return { reference: inside.split(path.sep).join("/"), absolute, text };
}

async function realPath(root: string, asked: string, name: string): Promise<string> {
  try {
    return await fs.realpath(asked);
  } catch (error) {
    throw notFound(name, await nearestFile(root, asked), error);
  }
}

function notFound(name: string, near: string | null, cause: unknown): UserError {
  return new UserError("source/not-found", `There is no file ${name}.`, {
    hints:
      near === null
        ? ["Check the path; it is taken from the root of the repository."]
        : [`Did you mean ${near}?`],
    cause,
  });
}

async function nearestFile(root: string, asked: string): Promise<string | null> {
  const folder = path.dirname(asked);
  const names = await fs.readdir(folder).catch(() => []);
  const near = nearestName(path.basename(asked), names);
  return near === null ? null : path.relative(root, path.join(folder, near));
}

async function readBytes(absolute: string, name: string): Promise<Uint8Array> {
  const facts = await fs.stat(absolute);
  if (facts.isDirectory()) {
    throw new UserError("source/directory", `${name} is a folder, not a plan file.`, {
      hints: ["Name a file in it."],
    });
  }
  if (!facts.isFile()) {
    throw new UserError("source/unreadable", `${name} is not a regular file.`, {
      hints: ["Name a plan file."],
    });
  }
  if (facts.size > BYTES_MAX) {
    throw new UserError(
      "source/too-large",
      `${name} has ${Math.ceil(facts.size / 1024 / 1024)} MB; a plan has at most 64.`,
      {
        hints: ["Is it the right file?"],
      },
    );
  }
  try {
    return await fs.readFile(absolute);
  } catch (error) {
    throw new UserError(
      "source/unreadable",
      `${name} cannot be read: ${error instanceof Error ? error.message : String(error)}.`,
      {
        hints: ["Check its permissions."],
        cause: error,
      },
    );
  }
}

function decode(bytes: Uint8Array, name: string): string {
  try {
    if (bytes.includes(0)) throw new TypeError("NUL byte");
    // A byte order mark is taken off by the decoder.
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch (error) {
    throw new UserError("source/not-text", `${name} is not UTF-8 text.`, {
      hints: ["Save it as UTF-8; Cairn reads no binary files and no other encodings."],
      cause: error,
    });
  }
}

/** File name without ending, as a word for branch names: `M4_workers.md` becomes `m4-workers`. */
export function slugOf(reference: string): string {
  const stem = path.posix.basename(reference).replace(/\.[^.]+$/u, "");
  const slug = stem
    .normalize("NFKD")
    .toLowerCase()
    .replaceAll(/[^a-z0-9.]+/gu, "-")
    .replaceAll(/\.{2,}/gu, ".")
    .replaceAll(/^[-.]+|[-.]+$/gu, "")
    .slice(0, 50)
    .replace(/[-.]+$/u, "");
  return slug === "" || slug.endsWith(".lock")
    ? `plan${slug === "" ? "" : `-${slug.slice(0, -5)}`}`
    : slug;
}
