import type { CheckFact } from "./facts.ts";
import { plainLogin } from "../../shared/plain-login.ts";

/** Apps that run other people's programs: who reports there says nothing about who reviewed. */
export const SHARED_APPS: ReadonlySet<string> = new Set(["github-actions"]);

interface ReviewerCheck {
  readonly login: string;
  readonly name: RegExp;
}

const REVIEWER_CHECKS: readonly ReviewerCheck[] = [
  { login: "coderabbitai", name: /^code\s?rabbit\b/iu },
  { login: "claude", name: /^claude code review$/iu },
  { login: "cursor", name: /^(?:cursor )?bugbot$/iu },
];

/** Login of the reviewer whose check carries this name; null: it is a check like any other. */
export function reviewerOfContext(name: string): string | null {
  return REVIEWER_CHECKS.find((known) => known.name.test(name.trim()))?.login ?? null;
}

/**
 * Login of the reviewer whose own check this is; null: it is CI. A job of the repository's own workflows stays CI
 * whatever it is called, so that a red job cannot be hidden by its name.
 */
export function reviewerOfCheck(check: CheckFact): string | null {
  if (check.source === "job" || SHARED_APPS.has(plainLogin(check.app ?? ""))) return null;
  return reviewerOfContext(check.name);
}

/** A workflow's job that ends when this reviewer's action has ended. */
export function isActionOf(login: string, check: CheckFact): boolean {
  return login === "claude" && /^claude[- ](?:code[- ])?review$/iu.test(check.name.trim());
}
