import type { MaskedCode } from "../../shared/written-tests/masked-code.ts";
import { callsOf, textOfArgument } from "./calls.ts";
import { fakedModules, importedModules } from "./imported-modules.ts";
import type { Hit } from "./hit.ts";

const CONTAINER_MODULES =
  /^(?:@?testcontainers(?:\/.*|[._]\w.*)?|dockerode|docker|docker-compose|pytest_docker.*|github\.com\/(?:testcontainers\/.*|ory\/dockertest.*|docker\/docker\/client)|bollard)$/u;

const STARTS =
  /(?:^|[.:])(?:spawn|spawnSync|exec|execSync|execFile|execFileSync|execa|execaSync|execaCommand|Popen|check_call|check_output|system)$|^subprocess\.(?:run|call)$|^exec\.Command(?:Context)?$|Command::new$/u;

const CONTAINER_COMMAND = /^(?:sudo\s+)?(?:docker|podman|docker-compose|nerdctl)(?:\s|$)/u;

/** Containers that a test starts. */
export function containersIn(masked: MaskedCode): readonly Hit[] {
  const faked = fakedModules(masked);
  const modules = importedModules(masked).filter(
    ({ name }) => CONTAINER_MODULES.test(name) && !faked.has(name),
  );
  const isFaked = [...faked].some((name) =>
    /^(?:child_process|execa|subprocess|os\.system)/u.test(name),
  );
  const commands = isFaked
    ? []
    : callsOf(masked, STARTS).filter(({ given }) =>
        given
          .slice(0, 2)
          .some((range) => CONTAINER_COMMAND.test(textOfArgument(masked, range) ?? "")),
      );
  return [...modules, ...commands].slice(0, 1).map(({ at }) => ({
    at,
    severity: "major",
    message:
      "This test starts a container. Put what it needs behind an interface and give the test an implementation in memory; keep container tests in a suite of their own.",
  }));
}

/** Databases by the client that connects: what must be imported, and the call that opens a connection. */
const CLIENTS: readonly { readonly module: RegExp; readonly call: RegExp }[] = [
  { module: /^pg(?:-promise)?$/u, call: /^(?:pg\.)?(?:Client|Pool|pgp|pgPromise)$/u },
  { module: /^postgres$/u, call: /^(?:postgres|sql|(?:\w+::)*Client::connect)$/u },
  { module: /^mysql2?(?:\/promise)?$/u, call: /(?:^|\.)create(?:Connection|Pool)$/u },
  { module: /^mariadb$/u, call: /(?:^|\.)create(?:Connection|Pool)$/u },
  {
    module: /^mongodb$/u,
    call: /^(?:mongodb\.)?MongoClient(?:\.connect)?$|Client::with_(?:uri_str|options)$/u,
  },
  { module: /^mongoose$/u, call: /^mongoose\.(?:connect|createConnection)$/u },
  {
    module: /^(?:@redis\/client|redis)$/u,
    call: /^(?:redis\.)?(?:createClient|Redis|StrictRedis|from_url|Redis\.from_url)$|^redis::Client::open$/u,
  },
  { module: /^ioredis$/u, call: /^(?:Redis|IORedis)(?:\.Cluster)?$/u },
  {
    module: /^(?:psycopg2?|asyncpg|pymysql|MySQLdb|aiomysql|aiopg)\b/u,
    call: /^(?:psycopg2?|asyncpg|pymysql|MySQLdb|aiomysql|aiopg)\.(?:connect|create_pool|AsyncConnection\.connect|Connection\.connect)$/u,
  },
  { module: /^(?:pymongo|motor)\b/u, call: /(?:^|\.)(?:MongoClient|AsyncIOMotorClient)$/u },
  {
    module: /^github\.com\/jackc\/pgx/u,
    call: /^(?:pgx|pgxpool)\.(?:Connect|New|NewWithConfig|ConnectConfig)$/u,
  },
  { module: /^go\.mongodb\.org\//u, call: /^mongo\.Connect$/u },
  {
    module: /^github\.com\/(?:redis|go-redis)\//u,
    call: /^redis\.New(?:Client|ClusterClient|UniversalClient)$/u,
  },
  {
    module: /^(?:sqlx|diesel|tokio_postgres)$/u,
    call: /(?:^|::)(?:(?:Pg|MySql)(?:Pool|Connection|PoolOptions)::(?:connect\w*|establish|new)|tokio_postgres::connect)$/u,
  },
];

/** Calls that say in an argument which database they open. */
const BY_ADDRESS =
  /(?:^|\.)(?:create_engine|create_async_engine|sql\.Open|sqlx\.(?:Open|Connect)|createConnection|connect)$/u;
const ADDRESS =
  /^(?:postgres(?:ql)?|mysql|mariadb|mongodb|redis|mssql|oracle)(?:\+\w+)?(?::\/\/|\+srv:\/\/|$)|^pgx$/u;

/** Something that stands in for a database in the same file. */
const STAND_INS =
  /^(?:pg-mem|mongodb-memory-server.*|ioredis-mock|redis-mock|mock-?redis.*|fakeredis.*|mongomock.*|github\.com\/(?:DATA-DOG\/go-sqlmock|alicebob\/miniredis.*|go-redis\/redismock.*|pashagolub\/pgxmock.*))$/u;

/** Connections to a database server that a test opens; SQLite needs no server. */
export function databasesIn(masked: MaskedCode): readonly Hit[] {
  const modules = importedModules(masked).map(({ name }) => name);
  if (modules.some((name) => STAND_INS.test(name))) return [];
  const faked = [...fakedModules(masked)];
  const used = CLIENTS.filter(
    ({ module }) =>
      modules.some((name) => module.test(name)) &&
      !faked.some((name) => module.test(name.split(".")[0] ?? name)),
  );
  const opened = used.flatMap(({ call }) => callsOf(masked, call));
  const byAddress = callsOf(masked, BY_ADDRESS).filter(({ given }) =>
    ADDRESS.test(textOfArgument(masked, given[0]) ?? ""),
  );
  return [...opened, ...byAddress].slice(0, 1).map(({ at }) => ({
    at,
    severity: "major",
    message:
      "This test connects to a real database. Put the queries behind an interface and give the test an implementation in memory, or a temporary SQLite file.",
  }));
}
