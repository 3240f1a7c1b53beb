import { createRequire } from "node:module";
import { BrokenPromise } from "../../errors.ts";
import type { SecretAt } from "./find-secrets.ts";

/**
 * What a text must hold before a rule of secretlint's recommended preset is worth asking, by the rule's name there.
 * A line of a stream is asked about so often that loading and running all rules for each would be felt; a rule that is
 * missing here is asked whenever any other might find something.
 */
export const ANCHORS: Readonly<Record<string, string>> = {
  "1password": "ops_ey",
  anthropic: "sk-ant-",
  aws: "[sS](?:ecret|ECRET)_?[aA](?:ccess|CCESS)_?[kK](?:ey|EY)",
  basicauth: ":\\/\\/[^\\s/@]{1,256}:[^\\s/@]{1,256}@",
  cloudflare: "cf(?:k|ut|at)_",
  "database-connection-string": ":\\/\\/[^\\s/:]{1,100}:[^\\s/@]{1,200}@",
  databricks: "dapi[A-Fa-f0-9]",
  docker: "dckr_pat_",
  figma: "figd_",
  github: "gh[pousr]_|github_pat_",
  gitlab: "glpat-",
  grafana: "gl(?:c|sa)_",
  groq: "gsk_",
  "hashicorp-vault": "hv[sbr]\\.",
  huggingface: "hf_",
  linear: "lin_api_",
  notion: "ntn_",
  npm: "npm_",
  openai: "T3BlbkFJ",
  privatekey: "PRIVATE KEY",
  shopify: "shp(?:pa|ca|at|ss)_",
  slack: "xox[bpaor]-|xapp-|hooks\\.slack\\.com",
  stripe: "[sr]k_(?:live|test)_",
  tailscale: "tskey-",
  vercel: "vc[piark]_",
};

/**
 * Rules that are left out: comments that switch others off (whoever writes the text must not), files that would be read
 * from disk, and a shape that many dotted names have (`secret-shapes.ts` holds it more narrowly).
 */
export const LEFT_OUT: ReadonlySet<string> = new Set(["filter-comments", "gcp", "sendgrid"]);

/** Names under which a finding is told; the others are called `<rule>-token`. */
const NAMES: Readonly<Record<string, string>> = {
  anthropic: "anthropic-key",
  aws: "aws-secret-key",
  basicauth: "url-credentials",
  "database-connection-string": "url-credentials",
  openai: "openai-key",
  privatekey: "private-key",
  stripe: "stripe-key",
};

const PREFIX = "@secretlint/secretlint-rule-";

interface Rule {
  readonly meta: { readonly id: string };
  create(context: object, options: object): { file?(source: object): unknown };
}

type Scan = (text: string) => readonly SecretAt[];

let scan: Scan | null = null;

/** Cheap: true where one of the rules may find something. */
export const MAY_HOLD = new RegExp(Object.values(ANCHORS).join("|"));

/** All that secretlint's rules find, in no order. The rules are loaded by the first call (10 ms, 6 MB). */
export function findByPreset(text: string): readonly SecretAt[] {
  scan ??= createScan(presetRules());
  return scan(text);
}

/** Names of all rules of the preset, for the test that holds the anchors against them. */
export function presetRuleNames(): readonly string[] {
  return presetRules().map((rule) => nameOf(rule));
}

/**
 * Runs the rules themselves, without the engine that secretlint has around them: that one answers by a promise, which
 * neither a line of a stream nor an error message can wait for, and takes half a millisecond for each text.
 */
function createScan(rules: readonly Rule[]): Scan {
  let found: SecretAt[] = [];
  let content = "";
  const asked = rules
    .filter((rule) => !LEFT_OUT.has(nameOf(rule)))
    .map((rule) => {
      const name = nameOf(rule);
      const context = {
        sharedOptions: {},
        createTranslator: () => (id: string) => ({ message: id, messageId: id }),
        report: ({ range }: { readonly range: readonly [number, number] }) =>
          found.push(placeOf(NAMES[name] ?? `${name}-token`, range, content)),
        ignore: () => undefined,
      };
      return { anchor: new RegExp(ANCHORS[name] ?? ""), handler: rule.create(context, {}) };
    });
  return (text) => {
    found = [];
    content = text;
    const source = { content, filePath: "", ext: "", contentType: "text" };
    for (const { anchor, handler } of asked) if (anchor.test(text)) handler.file?.(source);
    return found;
  };
}

/** Where the secret really is: two rules of the preset tell another place than that of the secret alone. */
function placeOf(rule: string, range: readonly [number, number], content: string): SecretAt {
  const [start, end] = range;
  // From the beginning of the name, as long as the value.
  if (rule === "aws-secret-key") {
    const after = /[:=>]\s*["']?([A-Za-z0-9/+=]{40})/d.exec(
      content.slice(start, end + AWS_NAME_MAX),
    );
    const [from, to] = after?.indices?.[1] ?? [0, end - start];
    return { rule, start: start + from, end: start + to };
  }
  if (rule !== "url-credentials") return { rule, start, end };
  // With whatever follows in the line, also behind the string that an address stands in.
  const length = content.slice(start, end).search(/["'`<>\s]/);
  return { rule, start, end: length < 0 ? end : start + length };
}

const AWS_NAME_MAX = 60;

function presetRules(): readonly Rule[] {
  // Not an import: a session host whose agents never come near a secret does without, and it must not be awaited.
  const require = createRequire(import.meta.url);
  const loaded: unknown = require("@secretlint/secretlint-rule-preset-recommend");
  if (isPreset(loaded)) return loaded.rules;
  throw new BrokenPromise("secretlint's recommended preset holds no rules.");
}

function isPreset(loaded: unknown): loaded is { readonly rules: readonly Rule[] } {
  return (
    typeof loaded === "object" &&
    loaded !== null &&
    "rules" in loaded &&
    Array.isArray(loaded.rules) &&
    loaded.rules.length > 0
  );
}

function nameOf(rule: Rule): string {
  return rule.meta.id.replace(PREFIX, "");
}
