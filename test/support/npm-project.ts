import { execFileSync } from "node:child_process";
import fs from "node:fs";
import path from "node:path";

/** A project whose packages lie beside it as files: npm installs them without a network. */
export interface NpmProject {
  /** Never worked in: `worktree` copies it. */
  readonly template: string;
  /** With an `npm` that writes `npm ci` and the like into `calls`, one line each, and then is npm. */
  readonly environment: Readonly<Record<string, string>>;
  /** What npm was called with since the last call of this. */
  calls(): readonly string[];
  /** A further copy, as a new worktree would be. */
  worktree(name: string): string;
}

const PACKAGES: Readonly<Record<string, Readonly<Record<string, unknown>>>> = {
  "plain-1.0.0": {
    name: "plain",
    dependencies: { deep: "^1.0.0" },
    bin: { plain: "cli.js" },
  },
  "deep-1.0.0": { name: "deep" },
  "deep-2.0.0": { name: "deep" },
  "scoped-1.0.0": { name: "@team/scoped" },
  "extra-1.0.0": { name: "extra" },
};

/** Makes the project below `folder`: three packages, one of them scoped (`extra` is there to be added), and `@own/words`, a package of its own. */
export function makeNpmProject(folder: string): NpmProject {
  const template = path.join(folder, "template");
  const log = path.join(folder, "calls");
  fs.mkdirSync(path.join(template, "vendor"), { recursive: true });
  for (const name of Object.keys(PACKAGES)) packPackage(folder, template, name);
  writeProject(template);
  const bin = path.join(folder, "bin");
  fs.mkdirSync(bin);
  const npm = execFileSync("sh", ["-c", "command -v npm"], { encoding: "utf8" }).trim();
  const wrapper = `#!/bin/sh\necho "$1" >> ${log}\nexec ${npm} "$@"\n`;
  fs.writeFileSync(path.join(bin, "npm"), wrapper, { mode: 0o755 });
  const environment = {
    PATH: `${bin}:${process.env["PATH"] ?? ""}`,
    HOME: folder,
    npm_config_cache: path.join(folder, "cache"),
    npm_config_update_notifier: "false",
  };
  execFileSync(npm, ["install", "--offline", "--package-lock-only", "--no-audit"], {
    cwd: template,
    env: environment,
  });
  return {
    template,
    environment,
    calls: () => {
      const text = fs.existsSync(log) ? fs.readFileSync(log, "utf8") : "";
      fs.rmSync(log, { force: true });
      return text.split("\n").filter((line) => line !== "");
    },
    worktree: (name) => {
      const made = path.join(folder, name);
      fs.cpSync(template, made, { recursive: true });
      return made;
    },
  };
}

function packPackage(folder: string, template: string, name: string): void {
  const made = path.join(folder, "packages", name, "package");
  fs.mkdirSync(made, { recursive: true });
  const version = name.split("-").at(-1);
  fs.writeFileSync(
    path.join(made, "package.json"),
    JSON.stringify({ version, main: "index.js", ...PACKAGES[name] }),
  );
  fs.writeFileSync(path.join(made, "index.js"), `exports.is = "${name}";\n`);
  const command = `#!/usr/bin/env node\nconsole.log(require("./index.js").is, require("deep").is);\n`;
  if (name.startsWith("plain")) fs.writeFileSync(path.join(made, "cli.js"), command);
  const archive = path.join(template, "vendor", `${name}.tgz`);
  execFileSync("tar", ["-czf", archive, "-C", path.dirname(made), "package"]);
}

function writeProject(template: string): void {
  const write = (file: string, value: unknown): void => {
    const text = typeof value === "string" ? value : `${JSON.stringify(value, null, 2)}\n`;
    fs.mkdirSync(path.dirname(path.join(template, file)), { recursive: true });
    fs.writeFileSync(path.join(template, file), text);
  };
  write("package.json", {
    name: "project",
    version: "1.0.0",
    workspaces: ["packages/*"],
    dependencies: {
      plain: "file:vendor/plain-1.0.0.tgz",
      deep: "file:vendor/deep-1.0.0.tgz",
      "@team/scoped": "file:vendor/scoped-1.0.0.tgz",
    },
  });
  write("packages/words/package.json", {
    name: "@own/words",
    version: "1.0.0",
    main: "index.js",
    dependencies: { deep: "file:../../vendor/deep-2.0.0.tgz" },
  });
  write(
    "packages/words/index.js",
    `exports.is = "words of the template";\nexports.deep = require("deep").is;\n`,
  );
}
