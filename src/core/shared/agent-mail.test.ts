import { expect, test } from "vitest";
import { agentMail, isAgentMail, measurementSession } from "./agent-mail.ts";

test("a session of a later run is not taken for the session of the same name in this one", () => {
  expect(agentMail("m1-1", "4.2-s1")).not.toBe(agentMail("m1-2", "4.2-s1"));
  expect(agentMail("m1-1", "4.2-s1")).not.toBe(agentMail("m1-1", "4.2-s2"));
});

test("everybody who runs an agent's code has an agent's address, and each its own", () => {
  const one = agentMail("m1", measurementSession("gates:#4:n3:abc"));
  expect(one).not.toBe(agentMail("m1", measurementSession("gates:#4:n4:abc")));
  expect(isAgentMail(one)).toBe(true);
  expect(one).toMatch(/^[\w.+-]+@[\w.-]+$/);
  expect(isAgentMail("cairn@cairn.invalid")).toBe(false);
});
