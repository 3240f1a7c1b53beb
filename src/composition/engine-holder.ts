// For commands that must not load more than this.
export { engineHolder } from "../adapters/sqlite/run-lock.ts";
