/** Issues by their references, or the one whose text is read. */
export type Side = readonly string[] | "self";

/** What words say about two sides: the dependents wait for the blockers. */
export interface Relation {
  readonly dependents: Side;
  readonly blockers: Side;
  /** It holds nothing. */
  readonly soft?: boolean;
}
