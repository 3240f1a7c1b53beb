import { ExitCode, UserError } from "../../../errors.ts";
import type { CommitSha } from "../../../core/shared/names.ts";
import type { PushOutcome } from "../../../ports/forge.ts";
import type { GitAnswer, GitRemote } from "./git-remote.ts";

/** What a push asks of the branches around it. */
export interface PushPlace {
  readonly remote: GitRemote;
  /** Tip as it is there now, fetched. */
  readonly tip: (name: string) => Promise<CommitSha | null>;
  /** The same without fetching. */
  readonly listed: (name: string) => Promise<CommitSha | null>;
  /** Notes where the branch is by now; null: it is gone. */
  readonly keep: (name: string, commit: CommitSha | null) => Promise<void>;
}

export interface Push {
  readonly name: string;
  readonly head: CommitSha;
  readonly expected: CommitSha | null;
}

/** Moves the branch by compare-and-swap; `expected` null: it must not be there. */
export async function pushBranch(
  { remote, keep, tip }: PushPlace,
  { name, head, expected }: Push,
): Promise<PushOutcome> {
  const ref = `refs/heads/${name}`;
  const answer = await remote.network(
    `push ${name}`,
    pushing(ref, expected ?? "", `${head}:${ref}`),
    isRefusal,
  );
  const said = verdict(answer);
  if (said === "pushed" || said === "already") {
    await keep(name, head);
    return { kind: said };
  }
  if (said === "refused") return { kind: "refused", why: wordsOf(answer) };
  const now = await tip(name);
  return now === head ? { kind: "already" } : { kind: "moved", tip: now };
}

/**
 * Deletes the branch if it is at `at`.
 * @throws UserError `github/protected` where GitHub does not let it go.
 */
export async function removeBranch(
  { remote, keep, listed }: PushPlace,
  name: string,
  at: CommitSha,
): Promise<"deleted" | "gone" | "moved"> {
  const ref = `refs/heads/${name}`;
  // Whoever deleted it may have died before it was noted here.
  const gone = async (): Promise<"gone"> => {
    await keep(name, null);
    return "gone";
  };
  const there = await listed(name);
  if (there === null) return gone();
  if (there !== at) return "moved";
  const answer = await remote.network(`delete ${name}`, pushing(ref, at, `:${ref}`), isRefusal);
  const said = verdict(answer);
  if (said === "pushed" || said === "already") {
    await keep(name, null);
    return "deleted";
  }
  const now = await listed(name);
  if (now === null) return gone();
  if (now !== at) return "moved";
  throw new UserError("github/protected", `GitHub does not let ${name} be deleted.`, {
    hints: ["Look at the rules of that branch there, or delete it by hand."],
    quote: wordsOf(answer),
    exitCode: ExitCode.failures,
  });
}

function pushing(ref: string, lease: string, refspec: string): (url: string) => readonly string[] {
  return (url) => [
    "push",
    "--porcelain",
    "--atomic",
    "--no-verify",
    "--no-follow-tags",
    "--no-recurse-submodules",
    // An empty lease: the branch must not be there.
    `--force-with-lease=${ref}:${lease}`,
    "--end-of-options",
    url,
    refspec,
  ];
}

/** The line of the ref, or words of the server about who may push: an answer, not trouble on the way. */
function isRefusal(answer: GitAnswer): boolean {
  return /^!\t/mu.test(answer.text) || isForbidden(answer.told);
}

function isForbidden(told: string): boolean {
  return /returned error: 403|permission to \S+ denied|write access to repository not granted/iu.test(
    told,
  );
}

function verdict(answer: GitAnswer): "pushed" | "already" | "stale" | "refused" {
  const line = /^([ +*=!-])\t([^\t]*)\t(.*)$/mu.exec(answer.text);
  if (line?.[1] === "=") return "already";
  if (answer.code === 0) return "pushed";
  const why = line?.[3] ?? "";
  // The second: somebody was faster between the look and the push, and the server itself found out.
  return /\((?:stale info|fetch first|non-fast-forward|already exists)\)|cannot lock ref|reference already exists|remote ref does not exist/iu.test(
    `${why}\n${answer.told}`,
  )
    ? "stale"
    : "refused";
}

/** The server's own lines where it wrote some, else what git made of it. */
function wordsOf({ text, told }: GitAnswer): string {
  const lines = told.split("\n");
  const server = lines.flatMap((line) => /^remote:\s*(.*\S)\s*$/u.exec(line)?.[1] ?? []);
  const reason = /^!\t[^\t]*\t(.*)$/mu.exec(text)?.[1] ?? "";
  const words = server.length > 0 ? server : reason === "" ? lines : [reason];
  return words.join("\n").trim().slice(0, 2_000);
}
