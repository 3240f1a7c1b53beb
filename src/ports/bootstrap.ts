/** Makes a project's dependencies ready in a workspace. */
export interface Bootstrap {
  /**
   * Idempotent and cheap when nothing has changed since the last call in this directory (same lock file). What it starts
   * is known by the `key` of the action it is done for, and dead when the promise settles.
   * @throws UserError `workspace/bootstrap` with the command and its last words.
   */
  prepare(directory: string, key?: string): Promise<void>;
}
