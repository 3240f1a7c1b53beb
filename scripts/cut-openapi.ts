// Cuts GitHub's OpenAPI description down to the paths Cairn touches, for the test double to check its traffic against.
// `npm pack @octokit/openapi@VERSION`, unpack it, then `node scripts/cut-openapi.ts PACKAGE_FOLDER`: the package itself
// unpacks to 385 MB, which nobody should have to install.
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";

const REPOSITORY = "/repos/{owner}/{repo}";
/** Each with the methods that are kept. */
const PATHS: Readonly<Record<string, readonly string[]>> = {
  "/rate_limit": ["get"],
  "/user": ["get"],
  "/app/installations/{installation_id}/access_tokens": ["post"],
  [REPOSITORY]: ["get"],
  [`${REPOSITORY}/installation`]: ["get"],
  [`${REPOSITORY}/collaborators/{username}/permission`]: ["get"],
  [`${REPOSITORY}/milestones`]: ["get", "post"],
  [`${REPOSITORY}/milestones/{milestone_number}`]: ["get", "patch"],
  [`${REPOSITORY}/labels`]: ["get", "post"],
  [`${REPOSITORY}/labels/{name}`]: ["get"],
  [`${REPOSITORY}/issues`]: ["get", "post"],
  [`${REPOSITORY}/issues/{issue_number}`]: ["get", "patch"],
  [`${REPOSITORY}/issues/{issue_number}/comments`]: ["get", "post"],
  [`${REPOSITORY}/issues/comments/{comment_id}`]: ["get", "patch"],
  [`${REPOSITORY}/issues/{issue_number}/labels`]: ["get", "post"],
  [`${REPOSITORY}/issues/{issue_number}/labels/{name}`]: ["delete"],
  [`${REPOSITORY}/issues/{issue_number}/dependencies/blocked_by`]: ["get", "post"],
  [`${REPOSITORY}/issues/{issue_number}/dependencies/blocked_by/{issue_id}`]: ["delete"],
  [`${REPOSITORY}/issues/{issue_number}/sub_issues`]: ["get", "post"],
  [`${REPOSITORY}/issues/{issue_number}/parent`]: ["get"],
  [`${REPOSITORY}/pulls`]: ["get", "post"],
  [`${REPOSITORY}/pulls/{pull_number}`]: ["get", "patch"],
  [`${REPOSITORY}/pulls/{pull_number}/files`]: ["get"],
  [`${REPOSITORY}/pulls/{pull_number}/merge`]: ["get", "put"],
  [`${REPOSITORY}/pulls/{pull_number}/merge-async`]: ["put"],
  [`${REPOSITORY}/pulls/{pull_number}/merge-async/{uuid}`]: ["get"],
  [`${REPOSITORY}/pulls/{pull_number}/reviews`]: ["get", "post"],
  [`${REPOSITORY}/pulls/{pull_number}/comments`]: ["get", "post"],
  [`${REPOSITORY}/pulls/{pull_number}/comments/{comment_id}/replies`]: ["post"],
  [`${REPOSITORY}/pulls/{pull_number}/requested_reviewers`]: ["get"],
  [`${REPOSITORY}/pulls/{pull_number}/update-branch`]: ["put"],
  [`${REPOSITORY}/commits/{ref}/check-runs`]: ["get"],
  [`${REPOSITORY}/commits/{ref}/status`]: ["get"],
  [`${REPOSITORY}/check-runs/{check_run_id}`]: ["get"],
  [`${REPOSITORY}/check-runs/{check_run_id}/annotations`]: ["get"],
  [`${REPOSITORY}/actions/runs`]: ["get"],
  [`${REPOSITORY}/actions/runs/{run_id}/jobs`]: ["get"],
  [`${REPOSITORY}/actions/jobs/{job_id}/logs`]: ["get"],
  [`${REPOSITORY}/rules/branches/{branch}`]: ["get"],
  [`${REPOSITORY}/branches/{branch}`]: ["get"],
  [`${REPOSITORY}/git/ref/{ref}`]: ["get"],
  [`${REPOSITORY}/git/refs/{ref}`]: ["delete"],
};

type Json = null | boolean | number | string | readonly Json[] | Table;
interface Table {
  readonly [key: string]: Json;
}

const WORDS = new Set([
  "description",
  "summary",
  "examples",
  "example",
  "externalDocs",
  "tags",
  "x-octokit",
  "x-github",
  "x-webhook",
]);

function isTable(value: unknown): value is Table {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function tableIn(parent: unknown, name: string): Table {
  const found = isTable(parent) ? parent[name] : undefined;
  if (!isTable(found)) throw new Error(`The description has no ${name}.`);
  return found;
}

/** Without words and examples: only what can be checked. Properties named like them are kept. */
function bare(value: Json, isNames = false): Json {
  if (Array.isArray(value)) return value.map((item: Json) => bare(item));
  if (!isTable(value)) return value;
  return Object.fromEntries(
    Object.entries(value)
      .filter(([key]) => isNames || !WORDS.has(key))
      .map(([key, inner]) => [key, bare(inner, key === "properties" && !isNames)]),
  );
}

function sorted(group: Readonly<Record<string, Json>>): Table {
  return Object.fromEntries(Object.entries(group).toSorted(([a], [b]) => (a < b ? -1 : 1)));
}

/** The paths with everything they refer to. */
function cut(whole: Table): Table {
  const components: Record<string, Record<string, Json>> = {};
  const take = (reference: string): void => {
    const [kind = "", name = ""] = reference.replace("#/components/", "").split("/");
    const group = (components[kind] ??= {});
    if (name in group) return;
    const found = bare(tableIn(tableIn(whole["components"], kind), name));
    group[name] = found;
    follow(found);
  };
  const follow = (value: Json): void => {
    if (Array.isArray(value)) for (const item of value as readonly Json[]) follow(item);
    if (!isTable(value)) return;
    for (const [key, inner] of Object.entries(value)) {
      if (key === "$ref" && typeof inner === "string") take(inner);
      else follow(inner);
    }
  };
  const paths = Object.fromEntries(
    Object.entries(PATHS).map(([path, methods]) => {
      const known = tableIn(whole["paths"], path);
      const kept = methods.map((method) => [method, bare(tableIn(known, method))] as const);
      for (const [, operation] of kept) follow(operation);
      return [path, Object.fromEntries(kept)];
    }),
  );
  const groups = Object.entries(components).map(([kind, group]) => [kind, sorted(group)] as const);
  return { paths, components: Object.fromEntries(groups) };
}

function main(folder: string | undefined): void {
  if (folder === undefined) throw new Error("Name the folder of the unpacked @octokit/openapi.");
  const read = (file: string): string => readFileSync(join(folder, file), "utf8");
  const whole: unknown = JSON.parse(read("generated/api.github.com.json"));
  if (!isTable(whole)) throw new Error("That is no description.");
  const version = /"version":\s*"([^"]+)"/.exec(read("package.json"))?.[1] ?? "";
  const notice = `Cut from @octokit/openapi ${version}, GitHub's REST API description. ${read("LICENSE").trim()}`;
  const text = JSON.stringify({ notice, ...cut(whole) });
  writeFileSync(join(import.meta.dirname, "../test/support/github/openapi.json"), `${text}\n`);
  console.log(`${Object.keys(PATHS).length} paths, ${Math.round(text.length / 1000)} kB`);
}

main(process.argv[2]);
