import { expect, test } from "vitest";
import { addIssue, addMilestone } from "../../test/support/github/hub.ts";
import { gitHubWorld, TOKEN } from "../../test/support/github/world.ts";
import { createClient } from "../adapters/forge/github/client.ts";
import { createPace } from "../adapters/forge/github/pace.ts";
import { createTransport } from "../adapters/forge/github/transport.ts";
import { systemClock } from "../adapters/clock/system-clock.ts";
import { gitHubSource } from "./github-source.ts";

test("a blocker that this token may not see holds, and the milestone is read all the same", async () => {
  const world = await gitHubWorld();
  try {
    addMilestone(world.hub, "Phase 1");
    const body = "Something should be true afterwards.";
    for (const title of ["Store", "Host"]) addIssue(world.hub, { title, body, milestone: 1 });
    world.hub.issues.get(2)?.blockedBy.push("1", "private/vault#7");
    const { url } = world.double;
    const transport = createTransport({
      apiUrl: url,
      graphqlUrl: `${url}/graphql`,
      token: async () => Promise.resolve(TOKEN),
      userAgent: "cairn-test",
    });
    const connection = {
      client: createClient(transport, createPace({ clock: systemClock, retryMs: [] })),
      address: {
        host: "github.com",
        owner: "ada",
        name: "mill",
        apiUrl: url,
        graphqlUrl: `${url}/graphql`,
        gitUrl: world.double.cloneUrl,
      },
      repository: "ada/mill",
      login: "ada",
      defaultBranch: "main",
      isPrivate: false,
      isArchived: false,
      canPush: true,
      scopes: null,
      warnings: [],
    };
    const opened = {
      connection,
      token: async () => Promise.resolve(TOKEN),
      tokenFrom: "GH_TOKEN",
      secrets: [],
    };
    const { source } = await gitHubSource(opened, () => 0);
    const { issues, findings } = await source.read('milestone "Phase 1"');
    expect(issues.map(({ key }) => key)).toEqual(["#1", "#2"]);
    expect(JSON.stringify([issues, findings])).toContain("1 that this token may not see");
  } finally {
    await world.close();
  }
});
