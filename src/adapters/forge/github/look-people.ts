import { z } from "zod";
import type { ReviewAuthor } from "../../../core/review/forge/severity.ts";
import { plainLogin } from "../../../core/shared/plain-login.ts";

/** Whoever wrote something, as GraphQL names them; null: an account that is gone. */
export const ActorSchema = z.object({ login: z.string(), kind: z.string() }).nullable();
type Actor = z.output<typeof ActorSchema>;

/** People of whom a review said that they may push here, by their plain login. */
export type Pushers = ReadonlySet<string>;

/** May push here, or is an app that its owners have installed. */
export function isTrusted(association: string, isBot: boolean): boolean {
  return isBot || ["OWNER", "MEMBER", "COLLABORATOR"].includes(association);
}

/** The author of a review: GitHub says of each whether they may push. */
export function reviewerOf(actor: Actor, canPush: boolean): ReviewAuthor {
  const isBot = isBotAt(actor);
  return { login: loginOf(actor), isBot, isTrusted: actor !== null && (isBot || canPush) };
}

/**
 * The author of any other text with what their word counts. Members who hide that they are one look like strangers to
 * a token of an App: there a review of theirs tells.
 */
export function authorOf(actor: Actor, association: string, pushers: Pushers): ReviewAuthor {
  const isBot = isBotAt(actor);
  const login = loginOf(actor);
  return {
    login,
    isBot,
    isTrusted: actor !== null && (isTrusted(association, isBot) || pushers.has(login)),
  };
}

/** A bot may be called as a person is: only people are among them. */
export function pushersAmong(
  reviews: readonly { readonly author: Actor; readonly authorCanPushToRepository: boolean }[],
): Pushers {
  const people = reviews.filter(
    ({ author, authorCanPushToRepository: canPush }) =>
      author !== null && canPush && !isBotAt(author),
  );
  return new Set(people.map(({ author }) => loginOf(author)));
}

function isBotAt(actor: Actor): boolean {
  return actor?.kind === "Bot";
}

function loginOf(actor: Actor): string {
  return plainLogin(actor?.login ?? "ghost");
}
