import { z } from "zod";
import type { ReviewAuthor } from "../../../core/review/forge/severity.ts";

/** Whoever wrote something, as GraphQL names them; null: an account that is gone. */
export const ActorSchema = z.object({ login: z.string(), kind: z.string() }).nullable();

/** May push here, or is an app that its owners have installed. */
export function isTrusted(association: string, isBot: boolean): boolean {
  return isBot || ["OWNER", "MEMBER", "COLLABORATOR"].includes(association);
}

/** In lower case without `[bot]`: REST and GraphQL spell bots differently. */
export function plainName(login: string): string {
  return login.toLowerCase().replace(/\[bot\]$/u, "");
}

/** The author of a text with what their word counts. */
export function authorOf(actor: z.output<typeof ActorSchema>, association: string): ReviewAuthor {
  const isBot = actor?.kind === "Bot";
  return {
    login: plainName(actor?.login ?? "ghost"),
    isBot,
    isTrusted: actor !== null && isTrusted(association, isBot),
  };
}
