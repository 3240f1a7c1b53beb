import fs from "node:fs";
import path from "node:path";
import { afterEach, expect, test } from "vitest";
import {
  BRANCH,
  forgeFixture,
  type ForgeFixture,
} from "../../../../test/support/github/forge-fixture.ts";

let at: ForgeFixture;
afterEach(() => at.close());

test("a branch that was deleted by an engine that died before it noted so leaves nothing behind", async () => {
  at = await forgeFixture();
  const { head } = await at.opened();
  const kept = `refs/cairn/forge/${BRANCH}`;
  expect(at.shop.git(["for-each-ref", "--format=%(refname)", kept]).trim()).toBe(kept);
  expect(await at.forge.deleteBranch(BRANCH, head)).toBe("deleted");
  at.shop.git(["update-ref", kept, head]);
  expect(await at.begin().deleteBranch(BRANCH, head)).toBe("gone");
  expect(at.shop.git(["for-each-ref", "--format=%(refname)", kept]).trim()).toBe("");
});

test("nothing an agent writes into the configuration runs beside the token", async () => {
  at = await forgeFixture();
  const { cloneUrl } = at.world.double;
  const ran = path.join(at.world.folder, "ran");
  at.shop.git(["config", "protocol.ext.allow", "always"]);
  at.shop.git(["config", `remote.${cloneUrl}.url`, `ext::touch ${ran}`]);
  await expect(at.begin().tipOf("main")).rejects.toThrow("git failed");
  expect(fs.existsSync(ran)).toBe(false);
});
