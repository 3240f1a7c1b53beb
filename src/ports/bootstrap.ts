/** Makes a project's dependencies ready in a workspace. */
export interface Bootstrap {
  /**
   * Idempotent and cheap when nothing has changed since the last call in this directory (same lock file).
   * @throws UserError `workspace/bootstrap` with the command and its last words.
   */
  prepare(directory: string): Promise<void>;
}
