/** Why a name cannot be the branch that a milestone's work meets on; null when it can. */
export function refuseBranch(name: string, target: string | null): string | null {
  if (name === target || (target === null && /^(?:main|master|trunk|develop)$/u.test(name)))
    return "it is the branch that the milestone lands on";
  if (/[<>{}]/u.test(name)) return "it still holds a placeholder";
  const isLegal =
    name.length <= 200 &&
    // What git refuses in a name: blanks and control characters, signs of its own, empty and hidden parts.
    !/[\s~^:?*[\\\p{Cc}]|@\{|\.\.|\/\/|^[-/]|[/.]$/u.test(name) &&
    name.split("/").every((part) => !part.startsWith(".") && !part.endsWith(".lock")) &&
    !/^(?:@|HEAD|refs\/.*)$/u.test(name);
  return isLegal ? null : "git takes no such name";
}
