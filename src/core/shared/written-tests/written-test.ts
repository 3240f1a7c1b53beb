/** A test as its file writes it, whether or not it ran. */
export interface WrittenTest {
  /** Suites, classes or modules joined by ` > `; of a table of cases the name as it is written, placeholders and all. */
  readonly name: string;
  readonly line: number;
  /** It does not count: skipped, ignored, to be done, expected to fail, or another one is marked as the only one. */
  readonly isSkipped: boolean;
  /** How many places can make it fail; those that cannot be reached or whose failure is swallowed are left out. */
  readonly assertions: number;
  /**
   * The assertions, normalised, names of constants and results replaced by what they stand for; `when(condition) ` stands
   * before one that only some runs reach.
   */
  readonly expectations: readonly string[];
  /** Everything it does, normalised: the same body under another name is the same test. */
  readonly body: string;
  /** Conditions under which it ends before its assertions, normalised. */
  readonly exits: readonly string[];
  /** Rows of the tables it is run with, normalised. */
  readonly cases: readonly string[];
}

/** What a whole file asserts. */
export interface WrittenTests {
  readonly tests: readonly WrittenTest[];
  /** Assertions outside of any test: in hooks, and in functions the tests call. */
  readonly elsewhere: readonly string[];
}
