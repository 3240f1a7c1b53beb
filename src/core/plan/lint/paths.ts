const TEST =
  /(?:^|\/)(?:tests?|__tests__|specs?|e2e)\/|[._-](?:tests?|specs?)\.\w+$|(?:^|\/)test_[^/]*$|(?:^|\/)[^/]*_test\.\w+$/iu;
const NOT_COUNTED =
  /(?:^|\/)(?:package-lock\.json|npm-shrinkwrap\.json|[^/]*\.lock|[^/]*\.lockb|pnpm-lock\.yaml|go\.sum)$|(?:^|\/)(?:dist|build|generated|__generated__|vendor|__snapshots__)\/|\.(?:generated|g|pb|min)\.\w+$|\.snap$/iu;

export function isTestPath(path: string): boolean {
  return TEST.test(path);
}

/** Files that the stop for large diffs counts: no lock, generated or test files. */
export function countedFiles(files: readonly string[]): readonly string[] {
  return files.filter((file) => !TEST.test(file) && !NOT_COUNTED.test(file));
}
