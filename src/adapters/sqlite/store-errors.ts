import { ExitCode, UserError } from "../../errors.ts";

// Primary result codes of SQLite; the lower byte of an extended code. https://sqlite.org/rescode.html
const PERM = 3;
const BUSY = 5;
const READONLY = 8;
const IOERR = 10;
const CORRUPT = 11;
const FULL = 13;
const CANTOPEN = 14;
const NOTADB = 26;

/** The primary result code of an error that SQLite raised; null for any other error. */
function resultCode(error: unknown): number | null {
  if (!(error instanceof Error) || !("errcode" in error)) return null;
  return typeof error.errcode === "number" ? error.errcode & 0xff : null;
}

export function isBusy(error: unknown): boolean {
  return resultCode(error) === BUSY;
}

export function isDamage(error: unknown): boolean {
  const code = resultCode(error);
  return code === CORRUPT || code === NOTADB;
}

/** What a person can do about an error of SQLite or of the folder; any other error comes back as it is. */
export function explainStoreError(error: unknown, file: string): unknown {
  const details = { exitCode: ExitCode.failures, cause: error };
  switch (resultCode(error) ?? systemCode(error)) {
    case FULL:
    case "ENOSPC":
    case "EDQUOT":
      return new UserError("store/disk-full", `The disk is full: ${file} cannot grow.`, {
        ...details,
        hints: ["Free some space, then run `cairn resume`: nothing that was recorded is lost."],
      });
    case READONLY:
    case PERM:
    case CANTOPEN:
    case "EACCES":
    case "EEXIST":
    case "ENOTDIR":
    case "EPERM":
    case "EROFS":
      return new UserError("store/not-writable", `${file} cannot be opened for writing.`, {
        ...details,
        hints: ["Check who owns the `.cairn` folder and whether it may be written."],
      });
    case BUSY:
      return new UserError("store/busy", `Another process has kept ${file} locked for 5 seconds.`, {
        ...details,
        hints: ["Try again; `cairn status` names the process that is at work here."],
      });
    case IOERR:
      return new UserError("store/io", `Reading or writing ${file} failed on the disk.`, {
        ...details,
        hints: ["Look into the system's log for disk errors, then run `cairn resume`."],
      });
    case CORRUPT:
    case NOTADB:
      return new UserError("store/damaged", `${file} is damaged and cannot be read.`, {
        ...details,
        hints: ["Run `cairn resume`: it sets the file aside and says what can be done."],
      });
    default:
      return error;
  }
}

function systemCode(error: unknown): string | null {
  if (!(error instanceof Error) || !("code" in error)) return null;
  return typeof error.code === "string" ? error.code : null;
}
