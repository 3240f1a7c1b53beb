import { gitEnvironment } from "./git-environment.ts";
import { runGit } from "./run-git.ts";

const NOBODY = { name: "cairn", email: "cairn@cairn.invalid" };

/** `owner/repo` of a remote's address, whichever forge it is on; null where there is no such remote. Asks no network. */
export async function remoteName(root: string, remote: string): Promise<string | null> {
  return readRemoteName((await remoteAddress(root, remote)) ?? "");
}

/** Address of a remote as git would fetch from it; null where there is no such remote. Asks no network. */
export async function remoteAddress(root: string, remote: string): Promise<string | null> {
  const answer = await runGit({
    cwd: root,
    env: gitEnvironment(NOBODY),
    // Not the setting itself: `url.….insteadOf` of a person is part of the address.
    args: ["remote", "get-url", "--", remote],
    // 2: there is none; 128: it has no address, or this is no repository.
    answers: [2, 128],
  });
  const address = answer.text.trim();
  return address === "" ? null : address;
}

/** `git@host:owner/repo.git`, `https://host/owner/repo`, `ssh://git@host:22/group/sub/repo.git`. */
export function readRemoteName(address: string): string | null {
  const path =
    /^[a-z+]+:\/\/[^/]+\/(.+)$/iu.exec(address)?.[1] ??
    /^[^/:@]*@?[^/:]+:(?!\/)(.+)$/u.exec(address)?.[1];
  const name = path?.replace(/\/+$/u, "").replace(/\.git$/u, "");
  return name !== undefined && /^[\w.-]+(?:\/[\w.-]+)+$/u.test(name) ? name : null;
}
