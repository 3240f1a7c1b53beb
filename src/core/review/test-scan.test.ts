import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { scanTests } from "./test-scan.ts";

type Case = readonly [what: string, path: string, text: string];

/** A test in each language that does one thing and asserts something. */
const js = (body: string, head = "") =>
  `${head}\nit("a", async () => {\n${body}\nexpect(x).toBe(1);\n});\n`;
const py = (body: string, head = "") =>
  `${head}\n\ndef test_a():\n    ${body.replaceAll("\n", "\n    ")}\n    assert x == 1\n`;
const go = (body: string, head = "") =>
  `package a\n${head}\nfunc TestA(t *testing.T) {\n${body}\nif x != 1 { t.Error(x) }\n}\n`;
const rs = (body: string, head = "") =>
  `${head}\n#[test]\nfn a() {\n${body}\nassert_eq!(x, 1);\n}\n`;

const HITS: readonly (readonly [...Case, RegExp])[] = [
  [
    "testcontainers",
    "a.test.ts",
    js("", 'import { GenericContainer } from "testcontainers";'),
    /container/u,
  ],
  [
    "testcontainers, scoped",
    "a.test.ts",
    js("", 'import { PostgreSqlContainer } from "@testcontainers/postgresql";'),
    /container/u,
  ],
  [
    "testcontainers by require",
    "a.test.js",
    js('const { GenericContainer } = require("testcontainers");'),
    /container/u,
  ],
  ["docker by exec", "a.test.ts", js('execSync("docker run -d postgres");'), /container/u],
  ["docker by spawn", "a.test.ts", js('spawn("docker", ["compose", "up"]);'), /container/u],
  [
    "docker by subprocess",
    "test_a.py",
    py('subprocess.run(["docker", "run", "redis"])'),
    /container/u,
  ],
  [
    "testcontainers in Python",
    "test_a.py",
    py("", "from testcontainers.postgres import PostgresContainer"),
    /container/u,
  ],
  [
    "testcontainers in Go",
    "a_test.go",
    go("", 'import (\n\t"testing"\n\t"github.com/testcontainers/testcontainers-go"\n)'),
    /container/u,
  ],
  ["docker in Go", "a_test.go", go('exec.Command("docker", "run", "x").Run()'), /container/u],
  ["docker in Rust", "a.rs", rs('Command::new("docker").spawn();'), /container/u],
  [
    "pg",
    "a.test.ts",
    js("const pool = new Pool();", 'import { Pool } from "pg";'),
    /real database/u,
  ],
  [
    "mysql2",
    "a.test.ts",
    js("await mysql.createConnection({});", 'import mysql from "mysql2/promise";'),
    /real database/u,
  ],
  [
    "mongodb",
    "a.test.ts",
    js("const c = new MongoClient(url);", 'import { MongoClient } from "mongodb";'),
    /real database/u,
  ],
  [
    "ioredis",
    "a.test.ts",
    js("const r = new Redis();", 'import Redis from "ioredis";'),
    /real database/u,
  ],
  ["psycopg2", "test_a.py", py('c = psycopg2.connect("x")', "import psycopg2"), /real database/u],
  [
    "sqlalchemy",
    "test_a.py",
    py('e = create_engine("postgresql://h/d")', "from sqlalchemy import create_engine"),
    /real database/u,
  ],
  ["database/sql", "a_test.go", go('db, _ := sql.Open("postgres", dsn)'), /real database/u],
  [
    "sqlx",
    "a.rs",
    rs("let p = PgPool::connect(url).await;", "use sqlx::PgPool;"),
    /real database/u,
  ],
  [
    "setTimeout in a promise",
    "a.test.ts",
    js("await new Promise((r) => setTimeout(r, 5000));"),
    /sleeps 5 s/u,
  ],
  [
    "setTimeout that calls the resolver",
    "a.test.ts",
    js("await new Promise<void>((resolve) => { setTimeout(() => resolve(), 2_000); });"),
    /sleeps 2 s/u,
  ],
  [
    "timers/promises",
    "a.test.ts",
    js("await setTimeout(1500);", 'import { setTimeout } from "node:timers/promises";'),
    /sleeps 1.5 s/u,
  ],
  ["sleep", "a.test.ts", js("await sleep(3 * 1000);"), /sleeps 3 s/u],
  ["waitForTimeout", "a.test.ts", js("await page.waitForTimeout(4000);"), /sleeps 4 s/u],
  ["time.sleep", "test_a.py", py("time.sleep(2)", "import time"), /sleeps 2 s/u],
  ["asyncio.sleep", "test_a.py", py("await asyncio.sleep(1.5)"), /sleeps 1.5 s/u],
  ["time.Sleep", "a_test.go", go("time.Sleep(2 * time.Second)"), /sleeps 2 s/u],
  [
    "time.Sleep in milliseconds",
    "a_test.go",
    go("time.Sleep(1500 * time.Millisecond)"),
    /sleeps 1.5 s/u,
  ],
  ["thread::sleep", "a.rs", rs("std::thread::sleep(Duration::from_secs(3));"), /sleeps 3 s/u],
  [
    "tokio's sleep",
    "a.rs",
    rs("tokio::time::sleep(Duration::from_millis(2_000)).await;"),
    /sleeps 2 s/u,
  ],
  [
    "fetch",
    "a.test.ts",
    js('await fetch("https://api.github.com/repos");'),
    /calls api\.github\.com/u,
  ],
  [
    "fetch with a template",
    "a.test.ts",
    js("await fetch(`https://api.github.com/repos/${name}`);"),
    /calls api\.github\.com/u,
  ],
  [
    "axios",
    "a.test.ts",
    js('await axios.get("http://acme.io/x");', 'import axios from "axios";'),
    /calls acme\.io/u,
  ],
  [
    "requests",
    "test_a.py",
    py('requests.get("https://pypi.org/simple")', "import requests"),
    /calls pypi\.org/u,
  ],
  ["http.Get", "a_test.go", go('http.Get("https://golang.org")'), /calls golang\.org/u],
  ["reqwest", "a.rs", rs('reqwest::get("https://crates.io").await;'), /calls crates\.io/u],
  ["no assertion", "a.test.ts", 'it("a", async () => { await run(); });', /"a" asserts nothing/u],
  [
    "no assertion but its name",
    "a.test.ts",
    'it("expect(1).toBe(1)", () => { run("assert(x)"); });',
    /asserts nothing/u,
  ],
  ["no assertion in Python", "test_a.py", "def test_a():\n    run()\n", /asserts nothing/u],
  [
    "no assertion in Go",
    "a_test.go",
    "package a\nfunc TestA(t *testing.T) { Run() }\n",
    /asserts nothing/u,
  ],
  ["no assertion in Rust", "a.rs", "#[test]\nfn a() { run(); }\n", /asserts nothing/u],
  [
    "an assertion that is caught",
    "a.test.ts",
    'it("a", () => { try { expect(x).toBe(1); } catch {} });',
    /No assertion of the test "a" can fail/u,
  ],
  [
    "an assertion after a return",
    "a.test.ts",
    'it("a", () => { return; expect(x).toBe(1); });',
    /can fail/u,
  ],
  [
    "a snapshot alone",
    "a.test.ts",
    'it("a", () => { expect(render()).toMatchSnapshot(); });',
    /only with a snapshot/u,
  ],
];

const LOOK_ALIKES: readonly Case[] = [
  ["a plain test", "a.test.ts", js("")],
  [
    "containers in words",
    "a.test.ts",
    js('const text = "docker run postgres"; // import "testcontainers"'),
  ],
  [
    "a module of that name in a string",
    "a.test.ts",
    js("const source = 'import { Pool } from \"pg\"; new Pool()';"),
  ],
  [
    "types of a client",
    "a.test.ts",
    js("const p = {} as Pool;", 'import type { Pool } from "pg";'),
  ],
  [
    "a client that is faked",
    "a.test.ts",
    js("const p = new Pool();", 'import { Pool } from "pg";\nvi.mock("pg");'),
  ],
  [
    "a database in memory",
    "a.test.ts",
    js("const p = new Pool();", 'import { newDb } from "pg-mem";\nimport { Pool } from "pg";'),
  ],
  [
    "a pool of something else",
    "a.test.ts",
    js("const p = new Pool(4);", 'import { Pool } from "../src/pool.ts";'),
  ],
  [
    "SQLite",
    "a.test.ts",
    js('const db = new DatabaseSync(":memory:");', 'import { DatabaseSync } from "node:sqlite";'),
  ],
  [
    "SQLite by SQLAlchemy",
    "test_a.py",
    py('e = create_engine("sqlite://")', "from sqlalchemy import create_engine"),
  ],
  [
    "a SQL double",
    "a_test.go",
    go('db, _ := sql.Open("postgres", dsn)', 'import (\n\t"github.com/DATA-DOG/go-sqlmock"\n)'),
  ],
  ["another command", "a.test.ts", js('spawn("dockerize-name", []); exec("echo docker");')],
  [
    "a command that is expected",
    "a.test.ts",
    js('expect(run).toHaveBeenCalledWith("docker", ["run"]);'),
  ],
  [
    "a short sleep",
    "a.test.ts",
    js("await sleep(50); await new Promise((r) => setTimeout(r, 1000));"),
  ],
  [
    "a deadline",
    "a.test.ts",
    js('const timer = setTimeout(() => reject(new Error("late")), 30_000); clearTimeout(timer);'),
  ],
  [
    "a deadline in a promise",
    "a.test.ts",
    js(
      'await new Promise((resolve, reject) => { setTimeout(() => reject(new Error("late")), 5000); done = resolve; });',
    ),
  ],
  ["a race against time", "a.test.ts", js("await Promise.race([run(), sleep(5000)]);")],
  [
    "a limit of the test",
    "a.test.ts",
    js("jest.setTimeout(60_000); vi.setConfig({ testTimeout: 60_000 });"),
  ],
  [
    "a fake clock",
    "a.test.ts",
    js("vi.useFakeTimers(); const p = sleep(60_000); vi.advanceTimersByTime(60_000);"),
  ],
  ["a sleep that is computed", "a.test.ts", js("await sleep(delay); await sleep(2 ** 12);")],
  [
    "a sleep that is defined",
    "a.test.ts",
    js("", "function sleep(ms = 5000) { return new Promise((r) => setTimeout(r, ms)); }"),
  ],
  ["a sleep in a comment", "test_a.py", py("# time.sleep(10)\ny = 'time.sleep(10)'")],
  ["a sleep that is patched", "test_a.py", py('with patch("time.sleep"):\n    time.sleep(10)')],
  ["a limit around a slow task", "test_a.py", py("await asyncio.wait_for(asyncio.sleep(10), 0.1)")],
  [
    "a timeout in a select",
    "a_test.go",
    go('select { case <-done: case <-time.After(5 * time.Second): t.Fatal("late") }'),
  ],
  ["a short sleep in Go", "a_test.go", go("time.Sleep(10 * time.Millisecond)")],
  [
    "paused time",
    "a.rs",
    "#[tokio::test(start_paused = true)]\nasync fn a() { tokio::time::sleep(Duration::from_secs(60)).await; assert_eq!(x, 1); }\n",
  ],
  [
    "loopback",
    "a.test.ts",
    js(
      'await fetch("http://127.0.0.1:8080/x"); await fetch("http://localhost/x"); await fetch("http://[::1]:80/");',
    ),
  ],
  [
    "a host that is computed",
    "a.test.ts",
    js("await fetch(`http://${host}:${port}/x`); await fetch(`${base}/x`);"),
  ],
  ["a name that never resolves", "a.test.ts", js('await fetch("https://nowhere.invalid/x");')],
  [
    "a faked fetch",
    "a.test.ts",
    js('vi.stubGlobal("fetch", fake); await fetch("https://api.github.com");'),
  ],
  [
    "a fetch of its own",
    "a.test.ts",
    js('await fetch("https://api.github.com");', "const fetch = async () => new Response();"),
  ],
  [
    "an application's fetch",
    "a.test.ts",
    js('await app.fetch("https://acme.io/x"); new Request("https://acme.io/x");'),
  ],
  ["nock", "a.test.ts", js('await fetch("https://api.github.com");', 'import nock from "nock";')],
  [
    "an address in a fixture",
    "a.test.ts",
    js('const url = "https://acme.io"; // fetch("https://acme.io")'),
  ],
  [
    "responses",
    "test_a.py",
    py('requests.get("https://pypi.org")', "import requests\nimport responses"),
  ],
  ["a test server", "a_test.go", go("http.Get(server.URL)")],
  [
    "a request that is not sent",
    "a_test.go",
    go('req := httptest.NewRequest("GET", "https://acme.io", nil)'),
  ],
  [
    "a helper that asserts",
    "a.test.ts",
    'function same(a, b) { expect(a).toBe(b); }\nfunction all() { same(1, 2); }\nit("a", () => { all(); });',
  ],
  [
    "an imported helper",
    "a.test.ts",
    'import { roundTrip } from "./support/round-trip.ts";\nit("a", () => roundTrip(1));',
  ],
  [
    "a hook that asserts",
    "a.test.ts",
    'afterEach(() => { expect(errors).toEqual([]); });\nit("a", () => { run(); });',
  ],
  [
    "a test of subtests",
    "a.test.ts",
    'test("outer", async (t) => { await t.test("inner", () => assert.ok(x)); });',
  ],
  ["a test to be done", "a.test.ts", 'it.todo("a");\nit.skip("b", () => {});'],
  [
    "a query that throws",
    "a.test.tsx",
    'it("a", () => { render(<App />); screen.getByText("x"); });',
  ],
  [
    "a property",
    "a.test.ts",
    'it("a", () => { fc.assert(fc.property(fc.nat(), (n) => n >= 0)); });',
  ],
  ["supertest", "a.test.ts", 'it("a", () => request(app).get("/").expect(200));'],
  ["a type test", "a.test.ts", 'it("a", () => { expectTypeOf<A<B>>().toEqualTypeOf<B>(); });'],
  ["an inline snapshot", "a.test.ts", 'it("a", () => { expect(x).toMatchInlineSnapshot(`1`); });'],
  [
    "a snapshot beside a value",
    "a.test.ts",
    'it("a", () => { expect(x).toMatchSnapshot(); expect(y).toBe(1); });',
  ],
  [
    "unittest",
    "test_a.py",
    "class A(TestCase):\n    def test_a(self):\n        self.assertIn(1, x)\n",
  ],
  ["a mock's own assertion", "test_a.py", "def test_a():\n    m.assert_called_once_with(1)\n"],
  [
    "pytest.raises",
    "test_a.py",
    "def test_a():\n    with pytest.raises(ValueError):\n        f()\n",
  ],
  [
    "a Python helper",
    "test_a.py",
    "def same(a):\n    assert a == 1\n\ndef test_a():\n    same(1)\n",
  ],
  ["a Go helper", "a_test.go", "package a\nfunc TestA(t *testing.T) { golden(t, Run()) }\n"],
  ["an unwrap", "a.rs", "#[test]\nfn a() { run().unwrap(); }\n"],
  ["a question mark", "a.rs", "#[test]\nfn a() -> Result<(), E> { run()?; Ok(()) }\n"],
  ["another language", "a_spec.rb", "it 'a' do sleep 10 end"],
];

describe("is found", () => {
  test.each(HITS)("%s (%s)", (_what, path, text, words) => {
    const found = scanTests(path, text);
    expect(found.map(({ message }) => message)).toEqual([expect.stringMatching(words)]);
    expect(found[0]).toMatchObject({ source: "cairn", file: path });
    expect(found[0]?.line).toBeLessThanOrEqual(text.split("\n").length);
  });
});

describe("is let be", () => {
  test.each(LOOK_ALIKES)("%s (%s)", (_what, path, text) => {
    expect(scanTests(path, text)).toEqual([]);
  });
});

test("several findings come by line, with what to do instead", () => {
  const text = [
    'import { GenericContainer } from "testcontainers";',
    'it("a", async () => {',
    "  await sleep(5000);",
    "});",
    'it("b", () => { expect(render()).toMatchSnapshot(); });',
  ].join("\n");
  expect(scanTests("a.test.ts", text).map(({ line, severity }) => `${line} ${severity}`)).toEqual([
    "1 major",
    "2 major",
    "3 major",
    "5 minor",
  ]);
  expect(scanTests("a.test.ts", text)[2]?.message).toBe(
    "This test sleeps 5 s. Wait for the event itself, poll with a deadline, or move a fake clock.",
  );
});

test("any text is scanned without an error; what only comments hold is never found", () => {
  const paths = fc.constantFrom("a.test.ts", "test_a.py", "a_test.go", "a.rs");
  const texts = fc.array(
    fc.constantFrom(...HITS.map(([, , text]) => text.slice(0, 60)), "(", "{", "'", "`", "\n"),
    { maxLength: 8 },
  );
  fc.assert(
    fc.property(paths, texts, (path, parts) => {
      expect(Array.isArray(scanTests(path, parts.join(" ")))).toBe(true);
    }),
  );
  const commented = HITS.filter(([, path, text]) => {
    const mark = path.endsWith(".py") ? "# " : "// ";
    return scanTests(path, text.replaceAll(/^/gmu, mark)).length > 0;
  });
  expect(commented).toEqual([]);
});
