/** How a session ended. Says nothing about the work: git does. */
export type SessionEnd =
  | "finished"
  | "wall"
  | "stall"
  | "turns"
  | "output"
  | "cost"
  /** The same step again and again. */
  | "loop"
  /** The provider asks to come back later (rate or usage limit, overload). */
  | "limited"
  /** Cannot work by trying again: bad login, no such model, not installed. */
  | "fatal"
  | "crashed"
  /** Ended by us. */
  | "ended"
  /** Nobody knows: its host died with it. Everything it started is dead. */
  | "lost";
