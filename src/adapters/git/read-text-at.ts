import { constants } from "node:fs";
import fs from "node:fs/promises";
import path from "node:path";

/** Why a file cannot be read that are answers: it is not there, is a folder or a link, or may not be read. */
const ANSWERS: ReadonlySet<string> = new Set([
  "ENOENT",
  "ENOTDIR",
  "EISDIR",
  "ELOOP",
  "EACCES",
  "ENXIO",
  "ENAMETOOLONG",
  "ERR_INVALID_ARG_VALUE",
]);

/** Text of a plain file inside `folder`; null: none, too long, or not inside, also by way of a link. */
export async function readTextAt(
  folder: string,
  file: string,
  bytesMax: number,
): Promise<string | null> {
  try {
    const [inside, real] = await Promise.all([
      fs.realpath(folder),
      fs.realpath(path.resolve(folder, file)),
    ]);
    if (!real.startsWith(inside + path.sep)) return null;
    // The links are followed by now. Should one be put in the file's place meanwhile, it is not; and a pipe in its
    // place does not make this wait for ever.
    const flags = constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK;
    const handle = await fs.open(real, flags);
    try {
      return await readPlain(handle, bytesMax);
    } finally {
      await handle.close();
    }
  } catch (error) {
    if (error instanceof Error && "code" in error && ANSWERS.has(String(error.code))) return null;
    throw error;
  }
}

async function readPlain(handle: fs.FileHandle, bytesMax: number): Promise<string | null> {
  const stat = await handle.stat();
  if (!stat.isFile() || stat.size > bytesMax) return null;
  // What is written to it meanwhile belongs to the next time somebody looks.
  const bytes = Buffer.alloc(stat.size);
  let read = 0;
  while (read < bytes.length) {
    const { bytesRead } = await handle.read(bytes, read, bytes.length - read, read);
    if (bytesRead === 0) break;
    read += bytesRead;
  }
  return bytes.toString("utf8", 0, read);
}
