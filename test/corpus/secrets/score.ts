import { stripVTControlCharacters } from "node:util";
import { redactText } from "../../../src/adapters/process/redact.ts";
import { LOOK_ALIKES } from "./look-alikes.ts";
import { SECRETS, type SecretCase } from "./secrets.ts";

/** The least that counts as good enough; what falls below stops a change. */
export const AIMS = { recall: 0.98, precision: 0.97 } as const;

export interface SecretScore {
  /** Secrets of which anything was left, in any of the ways they are written. */
  readonly missed: readonly string[];
  /** Found, and told under another name than expected. */
  readonly misnamed: readonly string[];
  /** Texts that lost something that was no secret. */
  readonly wrong: readonly string[];
  readonly secrets: number;
  readonly lookAlikes: number;
  /** In how many ways each of them is written. */
  readonly ways: number;
  readonly recall: number;
  readonly precision: number;
}

type Write = (text: string, part: string) => string;

const coloured: Write = (text, part) =>
  text.replace(part, () => part.replaceAll(/^.+$/gm, "\u001B[1;32m$&\u001B[0m"));

/**
 * Ways in which a stream writes a text: as it is, as a value of JSON, as JSON inside of JSON, as an added line, with
 * `part` of it in colour, with a colour inside of that part, as an address.
 */
const WRITTEN: Readonly<Record<string, Write>> = {
  plain: (text) => text,
  json: (text) => JSON.stringify({ type: "text", text: `first line\n${text}\nlast line` }),
  nested: (text) => JSON.stringify({ result: JSON.stringify({ text: `first line\n${text}` }) }),
  added: (text) => text.replaceAll(/^/gm, "+"),
  coloured,
  "json-coloured": (text, part) => JSON.stringify({ text: coloured(text, part) }),
  "percent-encoded": (text) => encodeURIComponent(text),
  "colour inside": (text, part) => {
    const middle = part.length >> 1;
    return text.replace(part, () => `${part.slice(0, middle)}\u001B[31m${part.slice(middle)}`);
  },
};

/** Redacts the whole corpus and counts. */
export function scoreSecrets(): SecretScore {
  const missed = SECRETS.flatMap((one) => waysMissed(one).map((way) => `${one.name} (${way})`));
  const missedWhole = new Set(SECRETS.filter((one) => waysMissed(one).length > 0)).size;
  const misnamed = SECRETS.filter(
    ({ text, rule, secret }) =>
      !redactText(text).includes(secret) && !redactText(text).includes(`[REDACTED:${rule}]`),
  ).map(({ name, text }) => `${name}: ${redactText(text)}`);
  const wrong = LOOK_ALIKES.flatMap((text) =>
    Object.values(WRITTEN)
      .map((write) => write(text, text))
      .filter((written) => redactText(written) !== written)
      .map((written) => redactText(written)),
  );
  const wrongWhole = LOOK_ALIKES.filter((text) =>
    Object.values(WRITTEN).some((write) => redactText(write(text, text)) !== write(text, text)),
  ).length;
  const found = SECRETS.length - missedWhole;
  return {
    missed,
    misnamed,
    wrong,
    secrets: SECRETS.length,
    lookAlikes: LOOK_ALIKES.length,
    ways: Object.keys(WRITTEN).length,
    recall: found / SECRETS.length,
    precision: found / (found + wrongWhole),
  };
}

function waysMissed({ text, secret }: SecretCase): readonly string[] {
  return Object.entries(WRITTEN)
    .filter(([, write]) => isLeft(redactText(write(text, secret)), secret))
    .map(([way]) => way);
}

/** Half a token is a token for whoever has the other half. */
function isLeft(text: string, secret: string): boolean {
  const end = secret.slice(-Math.max(8, Math.ceil(secret.length / 2)));
  const shown = stripVTControlCharacters(text);
  return [secret, end, encodeURIComponent(secret), encodeURIComponent(end)].some((one) =>
    shown.includes(one),
  );
}
