// What the local dispatch promises about processes: limits, leftovers, deaths. Real ones, on this machine.
import { spawn } from "node:child_process";
import { once } from "node:events";
import fs from "node:fs";
import path from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import { afterEach, beforeEach, expect, onTestFinished, test, vi } from "vitest";
import { createCommand } from "../../src/adapters/agents/command/command.ts";
import { createScripted } from "../../src/adapters/agents/scripted/scripted.ts";
import { createLocalDispatch } from "../../src/adapters/dispatch/local/local-dispatch.ts";
import { isAlive, readProcess } from "../../src/adapters/process/process-table.ts";
import { claimSchema } from "../../src/adapters/process/session-files.ts";
import type { SessionRequest } from "../../src/ports/dispatch.ts";
import { engineProgram } from "../support/engine-with-session.ts";
import { createSessionWorld, type SessionWorld } from "../support/session-world.ts";

let world: SessionWorld;
beforeEach(() => {
  world = createSessionWorld();
});
afterEach(async () => {
  await world.dispose();
});

/** Hosts that are tried for one session. */
const HOSTS = 3;

const limited = (
  request: SessionRequest,
  limits: Partial<SessionRequest["limits"]>,
): SessionRequest => ({ ...request, limits: { ...request.limits, ...limits } });

const attempt = (session: string, file: string): string[] => [
  ".cairn",
  "runs",
  world.request("x", "").run,
  "sessions",
  session,
  file,
];

/** Pid that a script wrote into a file of the world, once it is there. */
async function pidIn(name: string): Promise<number> {
  await expect
    .poll(() => fs.existsSync(world.file(name)) && world.read(name), { timeout: 20_000 })
    .toMatch(/^\d+\n$/);
  return Number(world.read(name));
}

/** Starts an engine of its own process group that runs the session. */
function startEngine(request: SessionRequest): ReturnType<typeof spawn> {
  const order = JSON.stringify({ cairnFolder: world.cairnFolder, request });
  const engine = spawn(process.execPath, [engineProgram, order], {
    detached: true,
    stdio: "ignore",
  });
  onTestFinished(() => {
    engine.kill("SIGKILL");
  });
  return engine;
}

test("an agent that hangs and ignores TERM is dead after its silence limit and grace", async () => {
  const script = `trap '' TERM; echo $$ > ${world.file("pid")}; while :; do sleep 1; done`;
  const request = limited(world.request("1-s1", script), { stallMs: 500, graceMs: 400 });
  const outcome = await world.dispatch().run(request);
  expect(outcome).toMatchObject({ end: "stall", exitCode: null });
  expect(outcome.detail).toContain("agents.limits.stall");
  expect(readProcess(Number(world.read("pid")))).toBeNull();
  expect(world.alive()).toEqual([]);
});

test("grandchildren in sessions of their own that ignore TERM are gone when the session is over", async () => {
  const child = `trap "" TERM HUP; echo $$ > ${world.file("child")}; while :; do sleep 1; done`;
  const script = `setsid sh -c '${child}' >/dev/null 2>&1 & sleep 0.2; echo started; exit 0`;
  const outcome = await world.dispatch().run(world.request("1-s1", script));
  expect(outcome).toMatchObject({ end: "finished", exitCode: 0 });
  expect(readProcess(await pidIn("child"))).toBeNull();
  expect(world.alive()).toEqual([]);
});

test("a background child that a normal end leaves behind is ended, though it holds the pipe", async () => {
  const script = `sleep 1000 & echo $! > ${world.file("child")}; echo done`;
  const outcome = await world.dispatch().run(world.request("1-s1", script));
  expect(outcome).toMatchObject({ end: "finished", lastWords: "done" });
  expect(readProcess(await pidIn("child"))).toBeNull();
  expect(JSON.parse(world.read(...attempt("1-s1", "exit.json")))).toMatchObject({ swept: 1 });
});

test("a child that emptied its environment, left its session and its folder is ended too", async () => {
  const script = `(cd / && exec env -i setsid sleep 1000) >/dev/null 2>&1 & echo $! > ${world.file("child")}; sleep 0.6`;
  await world.dispatch().run(world.request("1-s1", script));
  expect(readProcess(await pidIn("child"))).toBeNull();
});

test("one that did all of that at once and was orphaned, too", async () => {
  const child = `env -i setsid sh -c 'echo $$ > ${world.file("child")}; exec sleep 1000'`;
  await world
    .dispatch()
    .run(world.request("1-s1", `(cd / && ${child} >/dev/null 2>&1 &) ; sleep 0.1`));
  expect(readProcess(await pidIn("child"))).toBeNull();
});

test("what escaped from another live session is left to that one", async () => {
  const child = `env -i setsid sh -c 'echo $$ > ${world.file("child")}; exec sleep 1000'`;
  const dispatch = world.dispatch();
  const escapes = `(cd / && ${child} >/dev/null 2>&1 &) ; sleep 600`;
  const other = dispatch.run(world.request("2-s1", escapes));
  const pid = await pidIn("child");
  await dispatch.run(world.request("1-s1", "exit 0"));
  expect(readProcess(pid)).not.toBeNull();
  await dispatch.panic(world.request("x", "").run);
  expect(await other).toMatchObject({ end: "ended" });
  expect(readProcess(pid)).toBeNull();
});

test("while the panic file is there nothing begins, and what was asked for is not begun later", async () => {
  fs.mkdirSync(world.cairnFolder, { recursive: true });
  fs.writeFileSync(path.join(world.cairnFolder, "PANIC"), "");
  const dispatch = world.dispatch();
  const request = world.request("1-s1", `touch ${world.file("begun")}`);
  const running = dispatch.run(request);
  await wait(500);
  await dispatch.end(request.run, "1-s1", 0);
  fs.rmSync(path.join(world.cairnFolder, "PANIC"));
  expect(await running).toMatchObject({ end: "ended" });
  expect(fs.existsSync(world.file("begun"))).toBe(false);
});

// A session takes some hundred milliseconds from the request to its agent: each of these panics meets another moment.
test.each([0, 30, 60, 90, 120, 150, 200, 250])(
  "a panic of another process %i ms after a session was asked for leaves nothing alive, and nothing begins",
  async (afterMs) => {
    const script = `echo $$ > ${world.file("pid")}; trap "" TERM; while :; do sleep 0.1; done`;
    const request = world.request("1-s1", script);
    const running = world.dispatch().run(request);
    await wait(afterMs);
    fs.writeFileSync(path.join(world.cairnFolder, "PANIC"), "");
    await world.dispatch().panic(request.run);
    await wait(400);
    expect(world.alive()).toEqual([]);
    fs.rmSync(path.join(world.cairnFolder, "PANIC"));
    expect(await running).toMatchObject({ end: "ended", report: null });
    await wait(100);
    expect(world.alive()).toEqual([]);
  },
);

test("a double-forked orphan without the mark is found by the folder it works in", async () => {
  const child = `env -i setsid sh -c 'echo $$ > ${world.file("child")}; exec sleep 1000'`;
  await world.dispatch().run(world.request("1-s1", `(${child} >/dev/null 2>&1 &) ; sleep 0.1`));
  expect(readProcess(await pidIn("child"))).toBeNull();
});

test("a person's own program in the workspace is left alone", async () => {
  const dispatch = world.dispatch();
  const running = dispatch.run(world.request("1-s1", "sleep 0.6"));
  await wait(300);
  const own = spawn("sleep", ["1000"], { cwd: world.workspace, detached: true, stdio: "ignore" });
  onTestFinished(() => {
    own.kill("SIGKILL");
  });
  await running;
  expect(readProcess(own.pid ?? 0)).not.toBeNull();
});

test("a session in the checkout itself ends nothing there that is not its own", async () => {
  const dispatch = world.dispatch();
  const script = "sleep 0.8";
  const running = dispatch.run(world.request("1-s1", script, { directory: world.folder }));
  await wait(300);
  // An orphan without a terminal, as an engine in the background is.
  const orphan = `setsid sh -c 'echo $$ > ${world.file("orphan")}; exec sleep 1000' >/dev/null 2>&1 &`;
  spawn("sh", ["-c", orphan], { cwd: world.folder, stdio: "ignore" });
  const pid = await pidIn("orphan");
  onTestFinished(() => {
    process.kill(pid, "SIGKILL");
  });
  await running;
  expect(readProcess(pid)).not.toBeNull();
});

test("a private home is one for each run, and not the user's", async () => {
  const dispatch = world.dispatch({ home: "private" });
  const first = await dispatch.run(world.request("1-s1", 'echo "$HOME"; touch "$HOME/left"'));
  const second = await dispatch.run(world.request("2-s1", 'ls "$HOME"'));
  expect(first.lastWords).toBe(
    path.join(world.cairnFolder, "runs", world.request("x", "").run, "home"),
  );
  expect(second.lastWords).toBe("left");
});

test("an agent that writes 100 MB ends with `output`; file and memory stay bounded", async () => {
  const script = `echo first; head -c 100000000 /dev/zero | tr '\\0' 'x' | fold -w 5000`;
  const request = limited(world.request("1-s1", script), { outputBytes: 2_000_000 });
  const dispatch = world.dispatch();
  const running = dispatch.run(request);
  expect(await running).toMatchObject({ end: "output" });
  expect(fs.statSync((await running).transcript).size).toBeLessThanOrEqual(2_000_000);
  const claim = claimSchema.parse(JSON.parse(world.read(...attempt("1-s1", "claim.json"))));
  const status = fs.readFileSync(`/proc/${claim.host.pid}/status`, "utf8");
  expect(Number(/VmHWM:\s+(\d+) kB/.exec(status)?.[1])).toBeLessThan(200_000);
});

test("one line of 20 MB is cut, and the session goes on", async () => {
  const script = `head -c 20000000 /dev/zero | tr '\\0' 'x'; echo; echo after`;
  const request = limited(world.request("1-s1", script), { outputBytes: 50_000_000 });
  const outcome = await world.dispatch().run(request);
  expect(outcome).toMatchObject({ end: "finished", lastWords: "after" });
  expect(fs.statSync(outcome.transcript).size).toBeLessThan(1_100_000);
});

test("an agent that exits 0 without doing anything is `finished` without a report", async () => {
  const outcome = await world.dispatch().run(world.request("1-s1", "exit 0"));
  expect(outcome).toMatchObject({ end: "finished", exitCode: 0, report: null, lastWords: "" });
});

test("garbage on stdout is no reason to fail", async () => {
  const script = `head -c 100000 /dev/urandom; printf '\\377\\376{"type":"result"\\n'; echo '{"status":'`;
  const outcome = await world.dispatch().run(world.request("1-s1", script));
  expect(outcome).toMatchObject({ end: "finished", report: null });
});

test("an agent may delete its own working directory", async () => {
  const outcome = await world
    .dispatch()
    .run(world.request("1-s1", `rm -rf ${world.workspace}; echo gone`));
  expect(outcome).toMatchObject({ end: "finished", lastWords: "gone" });
});

test("a program that does not exist, or a directory that does not, is `fatal` and says which", async () => {
  const agents = {
    sh: createCommand({ name: "sh", command: ["sh"] }),
    no: createCommand({ name: "no", command: ["no-such-program-here"] }),
  };
  const dispatch = world.dispatch({ agents });
  const missing = await dispatch.run(world.request("1-s1", "", { agent: "no" }));
  expect(missing.end).toBe("fatal");
  expect(missing.detail).toContain("no-such-program-here");
  const nowhere = await dispatch.run(world.request("2-s1", "", { directory: "/no/such/folder" }));
  expect(nowhere).toMatchObject({
    end: "fatal",
    detail: "The working directory /no/such/folder does not exist.",
  });
});

test("a program that cannot be started just now is `lost`, not `fatal`: the next session may find it", async () => {
  const file = world.file("agent");
  fs.writeFileSync(file, "#!/bin/sh\necho hello\n", { mode: 0o755 });
  const agents = { busy: createCommand({ name: "busy", command: [file] }) };
  const dispatch = world.dispatch({ agents });
  // It is being installed: who starts a program that is open for writing is told to come back.
  const writer = fs.openSync(file, "r+");
  const early = await dispatch.run(world.request("1-s1", "", { agent: "busy" }));
  fs.closeSync(writer);
  expect(early).toMatchObject({ end: "lost", detail: expect.stringContaining("ETXTBSY") });
  const later = await dispatch.run(world.request("1-s2", "", { agent: "busy" }));
  expect(later).toMatchObject({ end: "finished", lastWords: "hello" });
});

test("a host that dies at once is replaced twice; then the session has crashed, and is never started", async () => {
  vi.stubEnv("NODE_OPTIONS", "--require=/no/such/module.cjs");
  onTestFinished(() => {
    vi.unstubAllEnvs();
  });
  const request = world.request("1-s1", `echo x > ${world.file("started")}`);
  const outcome = await world.dispatch().run(request);
  expect(outcome).toMatchObject({ end: "crashed", detail: expect.stringContaining("host.log") });
  expect(world.read(".cairn", "host.log").match(/^Node\.js v/gm)).toHaveLength(HOSTS);
  vi.unstubAllEnvs();
  expect(await world.dispatch().run(request)).toEqual(outcome);
  expect(fs.existsSync(world.file("started"))).toBe(false);
});

test("a session of an agent that is no longer configured is answered from what it left", async () => {
  const script = `echo '{"status": "complete", "summary": "done"}' > "$CAIRN_RESULT_FILE"`;
  const request = world.request("1-s1", script);
  await world.dispatch().run(request);
  const other = { else: createCommand({ name: "else", command: ["sh"] }) };
  const outcome = await world.dispatch({ agents: other }).run(request);
  expect(outcome).toMatchObject({ end: "finished", report: { status: "complete" } });
  await expect(
    world.dispatch({ agents: other }).run(world.request("1-s2", "")),
  ).rejects.toMatchObject({ code: "config/unknown-agent" });
});

test("a secret that an agent writes into its result, or prints, is shown to nobody", async () => {
  const fileValue = "hunter2-and-more";
  const dispatch = world.dispatch({
    environment: { ...process.env, MY_API_TOKEN: "plain-words-here" },
    variables: ["MY_API_TOKEN"],
    secrets: [fileValue],
  });
  const report = `{"status": "complete", "summary": "used $MY_API_TOKEN and ${fileValue}"}`;
  const script = `echo "${report.replaceAll('"', String.raw`\"`)}" > "$CAIRN_RESULT_FILE"; echo "I saw ${fileValue}"`;
  const outcome = await dispatch.run(world.request("1-s1", script));
  expect(outcome.report).toMatchObject({
    summary: "used [REDACTED:environment] and [REDACTED:environment]",
  });
  expect(outcome.lastWords).toBe("I saw [REDACTED:environment]");
  expect(world.read(...attempt("1-s1", "stream.jsonl"))).not.toContain(fileValue);
  expect(JSON.parse(world.read(...attempt("1-s1", "session.json")))).toMatchObject({ secrets: [] });
});

test("kill -9 of the engine: its session goes on, and the next engine adopts it", async () => {
  const script = `echo x >> ${world.file("starts")}; sleep 1.2; echo lived`;
  const request = world.request("1-s1", script);
  const engine = startEngine(request);
  await expect.poll(() => fs.existsSync(world.file("starts")), { timeout: 20_000 }).toBe(true);
  process.kill(engine.pid ?? 0, "SIGKILL");
  await once(engine, "exit");
  expect(world.alive().length).toBeGreaterThan(0);
  const outcome = await world.dispatch().run(request);
  expect(outcome).toMatchObject({ end: "finished", exitCode: 0, lastWords: "lived" });
  expect(world.read("starts")).toBe("x\n");
});

test("limits hold while no engine lives", async () => {
  const request = limited(world.request("1-s1", `echo $$ > ${world.file("pid")}; sleep 1000`), {
    wallMs: 1_500,
    graceMs: 300,
  });
  const engine = startEngine(request);
  const pid = await pidIn("pid");
  process.kill(engine.pid ?? 0, "SIGKILL");
  await expect.poll(() => readProcess(pid), { timeout: 20_000 }).toBeNull();
  expect(await world.dispatch().run(request)).toMatchObject({ end: "wall" });
});

test("Ctrl-C in the engine's terminal reaches neither host nor agent", async () => {
  const request = world.request("1-s1", `echo $$ > ${world.file("pid")}; sleep 0.8; echo lived`);
  const engine = startEngine(request);
  await pidIn("pid");
  process.kill(-(engine.pid ?? 0), "SIGINT");
  await once(engine, "exit");
  expect(await world.dispatch().run(request)).toMatchObject({
    end: "finished",
    lastWords: "lived",
  });
});

test("kill -9 of the host: the session is `lost`, its agent dead, and it is not started again", async () => {
  const script = `echo x >> ${world.file("starts")}; setsid sleep 1000 & echo $$ > ${world.file("pid")}; sleep 1000`;
  const request = world.request("1-s1", script);
  const dispatch = world.dispatch();
  const running = dispatch.run(request);
  const pid = await pidIn("pid");
  const claim = claimSchema.parse(JSON.parse(world.read(...attempt("1-s1", "claim.json"))));
  process.kill(claim.host.pid, "SIGKILL");
  const outcome = await running;
  expect(outcome).toMatchObject({ end: "lost", exitCode: null });
  expect(readProcess(pid)).toBeNull();
  expect(world.alive()).toEqual([]);
  expect(await world.dispatch().run(request)).toEqual(outcome);
  expect(world.read("starts")).toBe("x\n");
  // The same engine gets a new host for its next session.
  expect(await dispatch.run(world.request("1-s2", "echo again"))).toMatchObject({
    lastWords: "again",
  });
});

test("the host goes when its engine is gone and its last session is over", async () => {
  const dispatch = world.dispatch();
  await dispatch.run(world.request("1-s1", "echo done"));
  const { host } = claimSchema.parse(JSON.parse(world.read(...attempt("1-s1", "claim.json"))));
  expect(isAlive(host)).toBe(true);
  await dispatch.close();
  await expect.poll(() => isAlive(host), { timeout: 20_000 }).toBe(false);
});

test("a session that was prepared but not claimed is never started after end()", async () => {
  const request = world.request("1-s1", `echo x > ${world.file("started")}`);
  fs.mkdirSync(world.file(...attempt("1-s1", ".")), { recursive: true });
  await world.dispatch().end(request.run, "1-s1", 100);
  expect(await world.dispatch().run(request)).toMatchObject({ end: "ended" });
  expect(fs.existsSync(world.file("started"))).toBe(false);
});

test("a session sees a short list of variables, its own temporary folder, and what it is about", async () => {
  const environment = {
    ...process.env,
    GH_TOKEN: "ghx",
    AWS_SECRET_ACCESS_KEY: "aws",
    MY_TEST_SETTING: "yes",
  };
  const dispatch = world.dispatch({
    environment,
    variables: ["MY_TEST_SETTING"],
    gitEnvironment: () => ({ GIT_AUTHOR_NAME: "Cairn" }),
  });
  const outcome = await dispatch.run(
    world.request("4.2-s3", `env > ${world.file("env")}; ls -d "$TMPDIR"`),
  );
  const env = new Map(
    world
      .read("env")
      .trim()
      .split("\n")
      .map((line): [string, string] => [
        line.split("=")[0] ?? "",
        line.slice(line.indexOf("=") + 1),
      ]),
  );
  expect(env.get("MY_TEST_SETTING")).toBe("yes");
  expect(env.get("GIT_AUTHOR_NAME")).toBe("Cairn");
  expect(env.get("CAIRN_TASK")).toBe("4.2");
  expect(env.get("CAIRN_INSIDE")).toBe(world.request("x", "").run);
  expect(env.get("PATH")).toBe(process.env["PATH"]);
  expect([...env.keys()].filter((name) => /GH_|AWS_|VITEST|npm_|NODE_/.test(name))).toEqual([]);
  expect(outcome.lastWords).toBe(env.get("TMPDIR"));
  expect(fs.existsSync(env.get("TMPDIR") ?? "")).toBe(false);
});

const open = (variables: readonly string[]): unknown =>
  createLocalDispatch({ cairnFolder: "/nowhere", agents: {}, environment: {}, variables });

test("a variable that looks like a way into production is refused by name", () => {
  expect(() => open(["STRIPE_LIVE_KEY"])).toThrow(/STRIPE_LIVE_KEY/);
  expect(() => open(["PROD_DATABASE_URL"])).toThrow(/PROD_DATABASE_URL/);
  expect(() => open(["DELIVERY_URL", "PRODUCT_TOKEN", "LOOP_KEY"])).not.toThrow();
});

test("secrets reach neither the stream, nor stderr's tail, nor stay in the session file", async () => {
  const secret = "s3cret-value-of-the-agent";
  const token = `ghp_${"a1B2".repeat(10)}`;
  // In pieces, so that no single write holds the whole of it.
  const script = `printf 's3cret-value'; sleep 0.2; printf -- '-of-the-agent in pieces\\n'; echo "${token}"; echo "$MY_KEY" >&2; exit 1`;
  const dispatch = world.dispatch({
    environment: { ...process.env, MY_KEY: secret },
    variables: ["MY_KEY"],
  });
  const outcome = await dispatch.run(world.request("1-s1", script));
  const stream = fs.readFileSync(outcome.transcript, "utf8");
  expect(stream).toBe("[REDACTED:environment] in pieces\n[REDACTED:github-token]\n");
  expect(outcome.detail).toContain("[REDACTED:environment]");
  expect(world.read(...attempt("1-s1", "session.json"))).not.toContain(secret);
  expect(world.read(...attempt("1-s1", "exit.json"))).not.toContain(secret);
});

test("a scripted agent that goes on and on is ended at its limit of turns", async () => {
  const steps = Array.from({ length: 40 }, (_, number) => [
    { say: `turn ${number}` },
    { sleepMs: 50 },
  ]).flat();
  fs.writeFileSync(world.file("recording.json"), JSON.stringify({ "1": [{ steps }] }));
  const dispatch = world.dispatch({
    agents: { sh: createScripted({ recording: world.file("recording.json") }) },
  });
  const request = limited(world.request("1-s1", ""), { turns: 10 });
  expect(await dispatch.run(request)).toMatchObject({ end: "turns" });
});
