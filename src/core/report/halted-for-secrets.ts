import type { Run } from "../run/run.ts";
import type { SecretStop, StoppingSecret } from "../run/secret-stop.ts";
import type { TaskKey } from "../shared/names.ts";
import { revocationOf } from "../shared/revoke-words.ts";
import { secretAlert } from "./secret-alert.ts";
import { plural, shortCommit } from "./words.ts";

/** The alert of a run that is halted for secrets, line by line; empty for every other run. */
export function haltedForSecrets(run: Run): readonly string[] {
  const stops = stopsOf(run);
  if (stops.length === 0) return [];
  const alert = secretAlert({
    found: stops.flatMap((stop) =>
      stop.secrets.map((secret) => ({
        rule: secret.rule,
        where: whereOf(stop, secret),
        line: secret.line,
        fingerprint: secret.fingerprint ?? null,
      })),
    ),
    blocked: [...new Set(stops.map((stop) => blockedBy(run, stop)))],
    published: publishedOf(run),
    next: [
      `When it is revoked: cairn resume ${run.panicked ? "--after-panic" : "--acknowledge"}`,
      "Or give the run up: cairn cancel --run",
    ],
  });
  return alert.split("\n");
}

/** The same for a report: one line for each rule, and for each place it may be known at already. */
export function secretLines(run: Run): readonly string[] {
  const stops = stopsOf(run);
  const places = stops.flatMap((stop) =>
    stop.secrets.map((secret) => ({
      rule: secret.rule,
      words: `${whereOf(stop, secret)}, line ${secret.line}${secret.fingerprint === undefined ? "" : ` (${secret.fingerprint})`}`,
    })),
  );
  const byRule = [...Map.groupBy(places, ({ rule }) => rule)].map(([rule, found]) => {
    const revoke = revocationOf(rule).revoke.join(" ");
    return `Revoke the ${rule} in ${found.map(({ words }) => words).join("; ")}: ${revoke}`;
  });
  return [...byRule, ...publishedOf(run).map((where) => `Look whether it is in ${where}`)];
}

function stopsOf(run: Run): readonly SecretStop[] {
  return run.status === "halted" ? run.secretStops : [];
}

/** As a person finds it: a file of the change, or what a session wrote. */
function whereOf(stop: Pick<SecretStop, "session">, secret: StoppingSecret): string {
  if (stop.session === null) return secret.path ?? "the change";
  const file = secret.path === undefined ? "" : ` (${secret.path})`;
  return `the output of session ${stop.session}${file}`;
}

function blockedBy(run: Run, { task, session }: SecretStop): string {
  if (session !== null)
    return "It was taken out of the output before anything was written; the agent's provider has seen it.";
  const branch = run.tasks.get(task ?? "")?.branch ?? "the branch";
  return `Cairn did not push it; it is in the commits of ${branch}.`;
}

/** Where a secret of these tasks may be already, with addresses; on the local forge nothing leaves the machine. */
function publishedOf(run: Run): readonly string[] {
  if (run.settings.forge === undefined) return [];
  const keys = new Set(stopsOf(run).flatMap(({ task }) => task ?? []));
  return [...keys].flatMap((key) => publishedOfTask(run, key));
}

function publishedOfTask(run: Run, key: TaskKey): readonly string[] {
  const task = run.tasks.get(key);
  if (task === undefined) return [];
  const newest = task.published.at(-1);
  const { pullRequest } = task;
  return [
    ...(newest === undefined
      ? []
      : [
          `${task.branch}, pushed as ${plural(task.published.length, "head")}, the newest ${shortCommit(newest)}`,
        ]),
    ...(pullRequest === null
      ? []
      : [`pull request #${pullRequest.number} of ${key}: ${pullRequest.url ?? "no address"}`]),
  ];
}
