import { isAbsolute, relative, resolve } from "node:path";
import { UserError } from "../errors.ts";

/** A path as the repository knows it. @throws UserError when it lies outside. */
export function pathInRepository(root: string, directory: string, written: string): string {
  const inside = relative(root, resolve(directory, written));
  if (inside !== "" && !inside.startsWith("..") && !isAbsolute(inside)) return inside;
  throw new UserError("source/outside", `${written} lies outside of this repository.`, {
    hints: ["Copy the plan into the repository; it need not be committed."],
  });
}
