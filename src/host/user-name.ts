import { userInfo } from "node:os";

/** Name of the user for the log; `unknown` where the system knows none, as in some containers. */
export function userName(): string {
  try {
    return userInfo().username;
  } catch {
    return "unknown";
  }
}
