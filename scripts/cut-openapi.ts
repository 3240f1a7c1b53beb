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
  [`${REPOSITORY}`]: ["get"],
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

type Json = null | boolean | number | string | readonly Json[] | { readonly [key: string]: Json };
type Table = { readonly [key: string]: Json };

const folder = process.argv[2];
if (folder === undefined) throw new Error("Name the folder of the unpacked @octokit/openapi package.");
const whole = JSON.parse(readFileSync(join(folder, "generated/api.github.com.json"), "utf8")) as {
  readonly info: { readonly version: string };
  readonly paths: Readonly<Record<string, Table>>;
  readonly components: Readonly<Record<string, Readonly<Record<string, Json>>>>;
};
const version = (JSON.parse(readFileSync(join(folder, "package.json"), "utf8")) as { version: string })
  .version;

const WORDS = new Set(["description", "summary", "examples", "example", "externalDocs", "tags", "x-octokit", "x-github", "x-webhook"]);

/** Without words and examples: only what can be checked. Properties named like them are kept. */
function bare(value: Json, isNames = false): Json {
  if (Array.isArray(value)) return value.map((item: Json) => bare(item));
  if (value === null || typeof value !== "object") return value;
  return Object.fromEntries(
    Object.entries(value as Table)
      .filter(([key]) => isNames || !WORDS.has(key))
      .map(([key, inner]) => [key, bare(inner, key === "properties" && !isNames)]),
  );
}

const components: Record<string, Record<string, Json>> = {};
function follow(value: Json): void {
  if (value === null || typeof value !== "object") return;
  for (const [key, inner] of Object.entries(value)) {
    if (key === "$ref" && typeof inner === "string") take(inner);
    else follow(inner as Json);
  }
}
function take(reference: string): void {
  const [kind = "", name = ""] = reference.replace("#/components/", "").split("/");
  const group = (components[kind] ??= {});
  if (name in group) return;
  const found = bare(whole.components[kind]?.[name] ?? null);
  group[name] = found;
  follow(found);
}

const paths: Record<string, Record<string, Json>> = {};
for (const [path, methods] of Object.entries(PATHS)) {
  const known = whole.paths[path];
  if (known === undefined) throw new Error(`The description has no path ${path}.`);
  paths[path] = {};
  for (const method of methods) {
    const operation = known[method];
    if (operation === undefined) throw new Error(`The description has no ${method} ${path}.`);
    const kept = bare(operation);
    paths[path][method] = kept;
    follow(kept);
  }
}

const notice = `Cut from @octokit/openapi ${version} (GitHub's REST API description ${whole.info.version}). ${readFileSync(join(folder, "LICENSE"), "utf8").trim()}`;
const sorted = (group: Record<string, Json>): Table =>
  Object.fromEntries(Object.entries(group).toSorted(([a], [b]) => (a < b ? -1 : 1)));
const cut = {
  notice,
  paths,
  components: Object.fromEntries(
    Object.entries(components).map(([kind, group]) => [kind, sorted(group)]),
  ),
};
const file = join(import.meta.dirname, "../test/support/github/openapi.json");
writeFileSync(file, `${JSON.stringify(cut)}\n`);
console.log(`${Object.keys(paths).length} paths, ${Math.round(JSON.stringify(cut).length / 1000)} kB`);
