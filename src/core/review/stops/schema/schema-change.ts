/** One thing a change does to a schema. */
export interface SchemaChange {
  /** `breaking`: who reads or writes by the old schema may no longer be able to. */
  readonly kind: "breaking" | "additive";
  readonly path: string;
  /** In words that follow a path: `drops the column users.name`. */
  readonly what: string;
}

/** What a schema is before and after a change; null: there is none. */
export interface Sides {
  readonly path: string;
  readonly before: string | null;
  readonly after: string | null;
}

export const breaking = (path: string, what: string): SchemaChange => ({
  kind: "breaking",
  path,
  what,
});
export const additive = (path: string, what: string): SchemaChange => ({
  kind: "additive",
  path,
  what,
});
