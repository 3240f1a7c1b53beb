// One request as the routes see it.
import type { Json, JsonObject } from "./description.ts";
import type { Hub, Issue, Token } from "./hub.ts";

export interface Call {
  readonly hub: Hub;
  readonly places: Readonly<Record<string, string>>;
  readonly query: URLSearchParams;
  readonly body: JsonObject;
  readonly token: Token;
}

export interface Answer {
  readonly status: number;
  readonly body: Json;
  readonly headers?: Readonly<Record<string, string>>;
  /** Every item of a list; the server cuts it into pages. */
  readonly isList?: boolean;
}

export type Route = (call: Call) => Answer;

export function ok(body: Json, status = 200): Answer {
  return { status, body };
}

export function list(items: readonly Json[]): Answer {
  return { status: 200, body: items, isList: true };
}

export function refuse(status: number, message: string, errors: readonly Json[] = []): Answer {
  return {
    status,
    body: {
      message,
      documentation_url: "https://docs.github.com/rest",
      status: String(status),
      ...(errors.length === 0 ? {} : { errors }),
    },
  };
}

export const NOT_FOUND = refuse(404, "Not Found");

export function textOf(value: Json | undefined): string | null {
  return typeof value === "string" ? value : null;
}

export function issueAt(call: Call, place = "issue_number"): Issue | null {
  return call.hub.issues.get(Number(call.places[place])) ?? null;
}
