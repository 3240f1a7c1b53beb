/** Key of an issue as its source has it and of its task in a run: `#153`, `4.2`, `m5/03`. */
export type TaskKey = string;
/** Forty hexadecimal digits. */
export type CommitSha = string;
/** Milliseconds since 1970-01-01T00:00:00Z. */
export type Instant = number;
/** Name of a run, unique in its repository: `m4-workers-20261121-0619-k3f`. */
export type RunId = string;
/** Name of one agent process lifetime, unique in its run: `4.2-s3`. Also the name of its folder. */
export type SessionId = string;
