/** An error of the operating system, such as a process that ended while it was looked at. */
export function isNodeError(error: unknown): error is NodeJS.ErrnoException {
  return error instanceof Error && "code" in error;
}
