import type { LoadedConfig } from "../config/load.ts";
import { UserError } from "../errors.ts";

/** `.venv` stands in the default and is left alone: its programs say by absolute paths which folder they belong to. */
const LINKED: ReadonlySet<string> = new Set(["node_modules", ".venv"]);

/** Settings that this version reads and cannot honour, and where going on without them would not be what was asked for. */
const REFUSED: readonly {
  readonly key: string;
  readonly isAsked: (loaded: LoadedConfig) => boolean;
  readonly instead: string;
}[] = [
  {
    key: "sandbox: required",
    isAsked: ({ config }) => config.sandbox === "required",
    instead: "There is no sandbox here: run Cairn in a container, or as a user of its own.",
  },
  {
    key: "fleet",
    isAsked: ({ config }) => config.fleet !== null,
    instead: "Leave it out: agents run on this machine.",
  },
  {
    key: "workspace.link: anything but node_modules",
    isAsked: ({ config }) => config.workspace.link.some((entry) => !LINKED.has(entry)),
    instead: "Use workspace.bootstrap: {command: ...} for the others.",
  },
];

/** Keys (or whole groups) that have no effect yet; `cairn doctor` names those a person has set. */
export const WITHOUT_EFFECT: readonly string[] = [
  "agents.roles.summariser",
  "dashboard",
  "gates.network",
  "notify",
  "pull_request.template",
  "pull_request.title",
];

/** @throws UserError naming every setting that this version cannot honour. */
export function refuseUnbuilt(loaded: LoadedConfig): void {
  const asked = REFUSED.filter((setting) => setting.isAsked(loaded));
  if (asked.length === 0) return;
  throw new UserError(
    "config/not-in-this-version",
    `This version of Cairn cannot do: ${asked.map((setting) => setting.key).join("; ")}.`,
    {
      hints: asked.map((setting) => `${setting.key}: ${setting.instead}`),
    },
  );
}

/** Keys that a person has set and that have no effect in this version. */
export function settingsWithoutEffect(loaded: LoadedConfig): readonly string[] {
  return Object.keys(loaded.origins).filter((key) =>
    WITHOUT_EFFECT.some((prefix) => key === prefix || key.startsWith(`${prefix}.`)),
  );
}
