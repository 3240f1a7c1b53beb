/** Paths that count as tests where the owner does not say which do. */
export const TEST_PATHS: readonly string[] = [
  "**/*.{test,spec}.*",
  "**/test{,s}/**",
  "**/test_*.py",
  "**/*_test.go",
];
