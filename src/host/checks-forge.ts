import { ok, refused, warning, type Check } from "./checks-facts.ts";

/** What GitHub said when it was asked; values only. */
export interface ForgeFact {
  /** `owner/repo` */
  readonly repository: string;
  /** Whose token it is, and where it comes from: `GH_TOKEN`, `gh auth token`; null: it could not be used. */
  readonly login: string | null;
  readonly tokenFrom: string | null;
  /** Scopes that are more than is needed, one sentence each. */
  readonly warnings: readonly string[];
  /** What this service cannot do, one sentence each. */
  readonly degraded: readonly string[];
  /** Why nothing may begin there; null: it may. */
  readonly refusal: { readonly code: string; readonly words: string; readonly mend: string } | null;
}

/** Runs whose repository is on GitHub push, open pull requests and merge there; null: the local forge. */
export function forgeChecks(fact: ForgeFact | null): readonly Check[] {
  if (fact === null) return [ok("forge", "local: branches are merged here, nothing is pushed")];
  const { repository, refusal } = fact;
  if (refusal !== null) {
    const why = "Pull requests are opened and merged there.";
    return [refused("forge", refusal.words, why, refusal.code, refusal.mend)];
  }
  const who = fact.login === null ? "" : ` as ${fact.login}`;
  const from = fact.tokenFrom === null ? "" : ` (${fact.tokenFrom})`;
  return [
    ok("forge", `GitHub: ${repository}${who}${from}`),
    ...fact.warnings.map((words) =>
      warning(
        "token",
        words,
        "What a token may do, whoever finds it may do.",
        "preflight/token-scopes",
        "Make one with the scope repo alone, or a fine-grained one for this repository.",
      ),
    ),
    ...fact.degraded.map((words) =>
      warning(
        "forge",
        words,
        "It works without, with less.",
        "preflight/forge-degraded",
        "Nothing to mend here.",
      ),
    ),
  ];
}
