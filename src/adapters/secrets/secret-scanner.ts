import { setImmediate } from "node:timers/promises";
import { UNSCANNED, type SecretFound } from "../../core/review/change-facts.ts";
import type { AddedLine, AddedText, SecretScanner } from "../../ports/secrets.ts";
import {
  findKnown,
  findPrivateKeys,
  findSecrets,
  isCertain,
  type SecretAt,
} from "../process/find-secrets.ts";
import { isMadeUp } from "../process/named-secrets.ts";
import { redactText } from "../process/redact.ts";
import { formsOf } from "../process/secret-forms.ts";
import { secretFingerprint } from "../process/secrets-seen.ts";

export interface SecretScannerOptions {
  /** Values that must not be published: of the environment, by name, and of the project's `.env` files. */
  readonly values: readonly string[];
  /** Fingerprints of findings that are known to be harmless (`secrets.allow`). */
  readonly allow: readonly string[];
}

/**
 * Where passwords, tokens of local servers and keys for testing are written down on purpose. A vendor's token, a private
 * key and a value of this machine count there, too.
 */
const BY_WAY_OF_EXAMPLE =
  /(?:^|\/)(?:tests?|__tests__|specs?|e2e|fixtures?|testdata|examples?|samples?|docs?|mocks?|__mocks__|stubs?)\/|\.(?:test|spec|stories)\.\w+$|_test\.\w+$|(?:^|\/)(?:test_[^/]+|conftest)\.py$|\.(?:md|mdx|rst|adoc)$|\.(?:example|sample|template|dist)$/i;

const MAIL = /^[^\s@]+@[\w-]+(?:\.[\w-]+)*\.[A-Za-z]{2,}$/;

/** Looks for secrets in what a change adds, by the rules that redaction has and by value. */
export function createSecretScanner({ values, allow }: SecretScannerOptions): SecretScanner {
  const known = formsOf(values);
  const allowed = new Set(allow);
  return {
    scan: async (files) => {
      const found = files
        .flatMap((file) => scanFile(file, known))
        .filter(({ fingerprint }) => !allowed.has(fingerprint))
        .toSorted((a, b) => compare(a.path, b.path) || a.line - b.line || compare(a.rule, b.rule));
      // Of a large file many pieces come one after the other: what else waits for its turn gets it in between.
      await setImmediate();
      return found;
    },
  };
}

function scanFile(file: AddedText, known: readonly string[]): readonly SecretFound[] {
  const path = redactText(
    known.reduce((text, form) => text.replaceAll(form, "[REDACTED:environment]"), file.path),
  );
  const found = new Map<string, SecretFound>();
  const note = (rule: string, value: string, line: number): void => {
    if (!counts(rule, value, file.path)) return;
    const fingerprint = secretFingerprint({ rule, path, value });
    const key = `${fingerprint} ${line}`;
    if (!found.has(key)) found.set(key, { rule, path, line, fingerprint });
  };
  if (file.unscanned !== undefined) {
    const of = { rule: UNSCANNED, path };
    const fingerprint = secretFingerprint({ ...of, value: file.unscanned });
    found.set(fingerprint, { ...of, line: 1, fingerprint });
  }
  // A name is published with the file.
  const [first] = file.lines;
  for (const { form } of findKnown(file.path, known)) note("environment", form, first?.line ?? 1);
  for (const at of findSecrets(file.path))
    note(at.rule, file.path.slice(at.start, at.end), first?.line ?? 1);
  for (const block of blocksOf(file.lines)) scanBlock(block, known, note);
  return [...found.values()];
}

type Note = (rule: string, value: string, line: number) => void;

/** Lines with following numbers: a key spans them. */
function blocksOf(lines: readonly AddedLine[]): readonly (readonly AddedLine[])[] {
  const blocks: AddedLine[][] = [];
  for (const line of lines) {
    const last = blocks.at(-1)?.at(-1);
    if (last !== undefined && last.line + 1 === line.line) blocks.at(-1)?.push(line);
    else blocks.push([line]);
  }
  return blocks;
}

function scanBlock(block: readonly AddedLine[], known: readonly string[], note: Note): void {
  for (const { text, line } of block)
    for (const { form } of findKnown(text, known)) note("environment", form, line);
  const text = block.map((line) => line.text).join("\n");
  const lineAt = lineFinder(block);
  const found: readonly SecretAt[] = [...findSecrets(text), ...findPrivateKeys(text)];
  for (const { rule, start, end } of found) note(rule, text.slice(start, end), lineAt(start));
}

/** Positions in the joined text, asked for in any order. */
function lineFinder(block: readonly AddedLine[]): (position: number) => number {
  const starts: number[] = [];
  let at = 0;
  for (const { text } of block) {
    starts.push(at);
    at += text.length + 1;
  }
  return (position) => {
    const index = starts.findLastIndex((start) => start <= position);
    return block[index]?.line ?? 1;
  };
}

/** What is only called a secret counts where it would be used; what is one, everywhere. */
function counts(rule: string, value: string, path: string): boolean {
  // An `.env` file may well hold the address of whoever works here.
  if (rule === "environment" && path === "commit author" && MAIL.test(value)) return false;
  if (isCertain(rule, value)) return true;
  if (rule === "private-key") return false;
  // A `.env` file has words in it, too, that stand in any code.
  if (rule === "environment" && !/\d/.test(value)) return false;
  return !isMadeUp(value) && !BY_WAY_OF_EXAMPLE.test(path);
}

function compare(a: string, b: string): number {
  if (a === b) return 0;
  return a < b ? -1 : 1;
}
