import { z } from "zod";
import type { Instant } from "../../../core/shared/names.ts";
import { ExitCode, UserError } from "../../../errors.ts";
import { createRedaction } from "../../process/redact.ts";
import { GraphQLRefused, httpFailure, limitOf, mayPass } from "./failures.ts";
import type { HttpFailure } from "./failures.ts";

/** What was tried when GitHub said no. */
export interface Attempted {
  /** `owner/repo` */
  readonly repository: string;
  /** Goes on after "Cannot": `read the milestone "Phase 1"`. */
  readonly doing: string;
  /** Told in words until when a limit holds; absent: the words of the service alone. */
  readonly now?: Instant;
  /** Values that must never be shown, beside what looks like a token. */
  readonly secrets?: readonly string[];
  /** For the engine, which tries again by itself: what may pass gets a code that begins with `trouble/`. */
  readonly isTriedAgain?: true;
}

interface Said {
  readonly code: string;
  readonly why: string;
  readonly hints: readonly string[];
  readonly exitCode?: ExitCode;
}

/**
 * Says what an error of GitHub means and what to do about it; its own words become the quote. A `UserError` is
 * answered as it is.
 * @throws what is no error of GitHub or of the way to it, unchanged: a bug stays one.
 */
export function explainGitHub(error: unknown, attempted: Attempted): UserError {
  if (error instanceof UserError) return error;
  const said = explain(error, attempted);
  if (said === null) throw error;
  const { repository, doing, secrets = [] } = attempted;
  const redact = createRedaction(secrets);
  const quote = wordsOf(error).split("\n").map(redact).join("\n");
  return new UserError(said.code, `Cannot ${redact(doing)} in ${repository}: ${said.why}`, {
    hints: said.hints,
    exitCode: said.exitCode ?? ExitCode.authentication,
    ...(quote === "" ? {} : { quote }),
  });
}

/** No token was found anywhere. */
export function noToken(repository: string, host: string): UserError {
  const isHome = host === "github.com";
  const name = isHome ? "GH_TOKEN" : "GH_ENTERPRISE_TOKEN";
  return new UserError(
    "github/no-token",
    `There is no token for ${host}, where ${repository} is.`,
    {
      hints: [
        isHome ? "gh auth login" : `gh auth login --hostname ${host}`,
        `Or set ${name}=… to a token that may write contents, issues and pull requests of ${repository}.`,
        "Or work without it, on local branches: forge: {kind: local} in .cairn.yml",
      ],
      exitCode: ExitCode.authentication,
    },
  );
}

function explain(error: unknown, attempted: Attempted): Said | null {
  const limit = limitOf(error, attempted.now ?? 0);
  if (limit !== null) return ofLimit(limit.at, attempted);
  if (mayPass(error)) return away(attempted);
  if (error instanceof GraphQLRefused) return ofGraphQL(error, attempted);
  const failure = httpFailure(error);
  return failure === null ? null : ofStatus(failure, attempted);
}

function ofStatus(failure: HttpFailure, { repository }: Attempted): Said {
  const words = failure.message;
  switch (failure.status) {
    case 401:
      return BAD_TOKEN;
    case 403:
    case 404:
      return ofForbidden(failure, repository);
    case 405:
      return PROTECTED;
    case 409:
      return {
        code: "github/conflict",
        why: "something there has changed in the meantime.",
        hints: ["Run the command again."],
        exitCode: ExitCode.failures,
      };
    case 410:
      return {
        code: "github/gone",
        why: "it is not there any more, or switched off for this repository.",
        hints: [`Look at the settings of ${repository}.`],
        exitCode: ExitCode.usage,
      };
    default:
      return RULES.test(words) ? PROTECTED : REFUSED;
  }
}

/** 403 has many reasons; 404 is what GitHub answers to a token that may not know. */
function ofForbidden(failure: HttpFailure, repository: string): Said {
  const sso = ssoOf(failure);
  if (sso !== null) return sso;
  const scope = missingScope(failure);
  if (scope !== null) return scope;
  if (failure.status === 404) return notFound(repository);
  if (/archived/iu.test(failure.message)) return archived(repository);
  if (RULES.test(failure.message)) return PROTECTED;
  const needed = headerOf(failure, "x-accepted-github-permissions");
  if (needed !== "" || /not accessible by/iu.test(failure.message)) return lacking(needed);
  return {
    code: "github/forbidden",
    why: "GitHub does not allow it to this token.",
    hints: [`Ask for write access to ${repository}, or use the token of somebody who has it.`],
  };
}

function ssoOf(failure: HttpFailure): Said | null {
  const header = headerOf(failure, "x-github-sso");
  if (header === "") return null;
  const url = /url=(https:\/\/\S+)/u.exec(header)?.[1];
  return {
    code: "github/sso",
    why: "the organisation asks for single sign-on, and this token is not authorised for it.",
    hints: [
      url === undefined
        ? "Authorise the token for the organisation: https://github.com/settings/tokens"
        : `Authorise the token for the organisation: ${url}`,
    ],
  };
}

function missingScope(failure: HttpFailure): Said | null {
  const accepted = listOf(headerOf(failure, "x-accepted-oauth-scopes"));
  // Fine-grained tokens have no scopes, and no header that says so.
  if (failure.headers["x-oauth-scopes"] === undefined || accepted.length === 0) return null;
  const had = listOf(headerOf(failure, "x-oauth-scopes"));
  if (accepted.some((scope) => had.includes(scope))) return null;
  return scopeMissing(accepted.includes("repo") ? "repo" : accepted.join(" or "), had);
}

/** A classic token without the scope that is needed. */
export function scopeMissing(scope: string, had: readonly string[]): Said {
  return {
    code: "github/missing-scope",
    why: `the token lacks the scope ${scope}; it has ${had.length === 0 ? "none" : had.join(", ")}.`,
    hints: [
      `gh auth refresh --scopes ${scope.split(" or ")[0] ?? scope}`,
      `Or make a token with the scope ${scope} and set GH_TOKEN=… to it.`,
    ],
  };
}

function lacking(needed: string): Said {
  const named =
    needed === "" ? "a permission" : `the permission ${needed.split(/;\s*/u).join(" or ")}`;
  return {
    code: "github/missing-permission",
    why: `the token lacks ${named}.`,
    hints: [
      "Give it to the token: https://github.com/settings/personal-access-tokens (an app: in its settings, then accept it where it is installed).",
      "Needed are contents, issues and pull requests to write; metadata, commit statuses and actions to read.",
    ],
  };
}

function ofGraphQL({ types }: GraphQLRefused, attempted: Attempted): Said {
  if (types.includes("INSUFFICIENT_SCOPES"))
    return { ...scopeMissing("repo", []), why: "the token lacks a scope." };
  if (types.includes("FORBIDDEN")) return lacking("");
  if (types.includes("NOT_FOUND")) return notFound(attempted.repository);
  if (types.includes("SERVICE_UNAVAILABLE") || types.includes("INTERNAL")) return away(attempted);
  return REFUSED;
}

function ofLimit(at: Instant, { now, isTriedAgain }: Attempted): Said {
  const until = now === undefined ? "" : ` until ${new Date(at).toISOString().slice(11, 19)} UTC`;
  return {
    code: isTriedAgain === true ? "trouble/github" : "github/limit",
    why: `GitHub takes no more requests of this token${until}.`,
    hints: ["Wait that long; nothing is lost. An app's token has a higher limit."],
    exitCode: ExitCode.failures,
  };
}

function away({ isTriedAgain }: Attempted): Said {
  return {
    code: isTriedAgain === true ? "trouble/github" : "github/away",
    why: "GitHub does not answer, or answers with errors of its own.",
    hints: ["Run the command again in a few minutes. https://www.githubstatus.com says how it is."],
    exitCode: ExitCode.failures,
  };
}

function notFound(repository: string): Said {
  return {
    code: "github/not-found",
    why: "GitHub says that it is not there, which it also says to a token that may not see it.",
    hints: [
      `Look whether the token belongs to somebody who may see ${repository}: gh auth status`,
      "A fine-grained token has to name the repository.",
    ],
  };
}

/** Nobody can write there. */
export function archived(repository: string): Said {
  return {
    code: "github/archived",
    why: "the repository is archived, so it is read-only.",
    hints: [`Take ${repository} out of the archive in its settings, or work elsewhere.`],
    exitCode: ExitCode.usage,
  };
}

/** A refusal as an error, for what is known before GitHub is asked. */
export function refusal(said: Said, { repository, doing }: Attempted): UserError {
  return new UserError(said.code, `Cannot ${doing} in ${repository}: ${said.why}`, {
    hints: said.hints,
    exitCode: said.exitCode ?? ExitCode.authentication,
  });
}

const BAD_TOKEN: Said = {
  code: "github/bad-token",
  why: "GitHub does not accept the token.",
  hints: [
    "gh auth login, or set GH_TOKEN=… to a token that is neither expired nor revoked.",
    "A GH_TOKEN or GITHUB_TOKEN in the environment goes before what gh knows.",
  ],
};
const PROTECTED: Said = {
  code: "github/protected",
  why: "the rules of the branch do not allow it.",
  hints: ["Do what they ask for (a review, a check), or have somebody do it who may pass them by."],
  exitCode: ExitCode.failures,
};
const REFUSED: Said = {
  code: "github/refused",
  why: "GitHub refuses it.",
  hints: ["Its reason stands below. If it goes on, report it with `cairn doctor --json`."],
  exitCode: ExitCode.failures,
};
const RULES =
  /protected (?:branch|ref)|branch protection|rule violation|ruleset|required status|approving review|review is required|changes must be made through/iu;

const Words = z.object({
  message: z.string(),
  errors: z
    .array(
      z.union([
        z.string(),
        z
          .object({
            message: z.string().nullish(),
            resource: z.string().nullish(),
            field: z.string().nullish(),
            code: z.string().nullish(),
          })
          .transform(
            ({ message, resource, field, code }) =>
              message ?? [resource, field, code].filter((word) => word != null).join(" "),
          ),
      ]),
    )
    .nullish()
    .catch(null),
});

/** GitHub's own words, one sentence a line; empty where it said nothing. */
function wordsOf(error: unknown): string {
  if (error instanceof GraphQLRefused) return error.message.slice(0, WORDS_MAX);
  const failure = httpFailure(error);
  if (failure === null) return error instanceof Error ? error.message.slice(0, WORDS_MAX) : "";
  // Nothing came back: the words are those of the connection.
  if (failure.data === undefined) return failure.message.slice(0, WORDS_MAX);
  const read = Words.safeParse(failure.data);
  if (!read.success) return "";
  const { message, errors } = read.data;
  return [message, ...(errors ?? [])].join("\n").slice(0, WORDS_MAX);
}

const WORDS_MAX = 2_000;

function headerOf({ headers }: HttpFailure, name: string): string {
  return String(headers[name] ?? "");
}

/** `repo, read:org` */
export function listOf(header: string): readonly string[] {
  return header
    .split(",")
    .map((word) => word.trim())
    .filter((word) => word !== "");
}
