import { ok, refused, warning, type Check, type GroundFacts } from "./checks-facts.ts";

export function gitCheck({ git }: GroundFacts): Check {
  if (git.version === null) {
    return refused(
      "git",
      "There is no git on the PATH.",
      "Everything stands on it.",
      "preflight/no-git",
      "Install git 2.38 or newer.",
    );
  }
  if (!git.isNewEnough) {
    const why = "Merges are built without a checkout, which git can since 2.38.";
    return refused(
      "git",
      `git ${git.version} is too old.`,
      why,
      "preflight/old-git",
      "Install git 2.38 or newer.",
    );
  }
  return ok("git", [`git ${git.version}`, git.merges].filter(Boolean).join(", "));
}

function noGround(words: string, why: string, code: string, mend: string): Check {
  return refused("repository", words, why, code, mend);
}

export function repositoryCheck({ git }: GroundFacts): Check {
  if (git.refusal !== null) {
    return noGround(
      `git refuses to work here: ${git.refusal}`,
      "Everything stands on it.",
      "preflight/git-refuses",
      "Do what git says, or work in a clone of your own.",
    );
  }
  if (!git.isRepository) {
    return noGround(
      "This is not a git repository.",
      "Work is done in worktrees.",
      "preflight/no-repository",
      "Go to your repository, or make one: git init && git add . && git commit -m 'Begin'.",
    );
  }
  if (git.isBare) {
    return noGround(
      "This repository is bare.",
      "There is no place for worktrees and settings.",
      "preflight/bare",
      "Start Cairn in a clone of it.",
    );
  }
  if (!git.hasCommits) {
    return noGround(
      "This repository has no commits yet.",
      "Branches start from a commit.",
      "preflight/no-commits",
      "Make the first one: git add . && git commit -m 'Begin'.",
    );
  }
  if (!git.isWritable) {
    return noGround(
      "This repository is read-only for you.",
      "Branches and the run's log are written into it.",
      "preflight/read-only",
      "Make the folder and its .git writable, or work in a clone of it.",
    );
  }
  return ok("repository", git.root ?? "");
}

const FILES_SHOWN = 10;

export function treeCheck({ git, inCheckout = false }: GroundFacts, allowDirty: boolean): Check {
  if (git.inProgress !== null) {
    return refused(
      "work tree",
      `A ${git.inProgress} is under way here.`,
      "It would be unclear what the run starts from.",
      "preflight/in-progress",
      `Finish it, or give it up: git ${git.inProgress} --abort.`,
    );
  }
  if (git.modified.length === 0) return ok("work tree", "no tracked file is modified");
  const more =
    git.modified.length > FILES_SHOWN ? ` and ${git.modified.length - FILES_SHOWN} more` : "";
  const words = `Modified and not committed: ${git.modified.slice(0, FILES_SHOWN).join(", ")}${more}.`;
  const why = inCheckout
    ? "Tasks will work in this checkout, on other commits."
    : "Agents start from commits and would not see these changes.";
  const [name, code] = ["work tree", "preflight/dirty"];
  if (allowDirty && !inCheckout)
    return warning(name, words, why, code, "Commit them, or go on without them.");
  const way = inCheckout ? "leave out --no-worktree" : "begin without them: --allow-dirty";
  const mend = `Commit them, or put them aside with \`git stash\`; or ${way}.`;
  return refused(name, words, why, code, mend);
}

export function targetCheck({ git, target }: GroundFacts): Check {
  if (target.name === null) {
    const words =
      git.branch === null
        ? "HEAD is detached and no target branch is named."
        : "No target branch is named.";
    return refused(
      "target",
      words,
      "The milestone must land somewhere.",
      "preflight/no-target",
      "Name it: --target main, or `target: main` in .cairn.yml.",
    );
  }
  if (!target.exists) {
    return refused(
      "target",
      `The target branch ${target.name} does not exist here.`,
      "The milestone must land somewhere.",
      "preflight/no-target",
      `Make it: git branch ${target.name}; or name another with --target.`,
    );
  }
  return ok("target", target.name);
}
