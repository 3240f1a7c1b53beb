import { existsSync } from "node:fs";
import { join } from "node:path";
import type { BootstrapOptions } from "../adapters/bootstrap/bootstrap.ts";
import type { Config } from "../config/load.ts";

/**
 * How worktrees get their dependencies, as configured. What `link` and `copy` keep lies in the `.cairn` folder; where
 * there is none yet, they install in each worktree, so that looking around leaves nothing behind.
 */
export function bootstrapOptions(
  { workspace }: Config,
  cairnFolder: string,
): Pick<BootstrapOptions, "strategy" | "storeFolder"> {
  const { bootstrap, link } = workspace;
  const shares = bootstrap === "link" || bootstrap === "copy";
  if (shares && !link.includes("node_modules")) return { strategy: "auto" };
  const storeFolder = existsSync(cairnFolder) ? { storeFolder: join(cairnFolder, "store") } : {};
  return { strategy: bootstrap, ...(shares ? storeFolder : {}) };
}
