// Clone, fetch and push over HTTP: git's own `http-backend` behind a small CGI.
import { execFileSync, spawn } from "node:child_process";
import type { IncomingMessage, ServerResponse } from "node:http";
import path from "node:path";
import type { Hub } from "./hub.ts";
import { protectedRefs } from "./protection.ts";
import { noticeRefs } from "./pushes.ts";

// Not on every PATH: git tells where its parts lie.
const BACKEND = path.join(
  execFileSync("git", ["--exec-path"], { encoding: "utf8" }).trim(),
  "git-http-backend",
);

/** Serves `/OWNER/NAME.git/…`. `user` is who pushes, null for a reader. */
export function serveGit(
  hub: Hub,
  request: IncomingMessage,
  response: ServerResponse,
  user: string | null,
  /** The push has its effect, and nobody hears of it. */
  isLost = false,
): void {
  const url = new URL(request.url ?? "/", "http://loopback");
  const inside = url.pathname.replace(`/${hub.owner}/${hub.name}.git`, "");
  const refused = user === null ? {} : protectedRefs(hub);
  const config = [
    ["http.receivepack", user === null ? "false" : "true"],
    ["receive.advertiseAtomic", "true"],
    ...Object.keys(refused).map((ref) => ["receive.procReceiveRefs", ref]),
  ];
  const child = spawn(BACKEND, {
    env: {
      PATH: process.env["PATH"],
      GIT_PROJECT_ROOT: hub.gitDir,
      GIT_HTTP_EXPORT_ALL: "1",
      GIT_CONFIG_NOSYSTEM: "1",
      GIT_CONFIG_GLOBAL: "/dev/null",
      GIT_CONFIG_COUNT: String(config.length),
      ...Object.fromEntries(
        config.flatMap(([name = "", value = ""], index) => [
          [`GIT_CONFIG_KEY_${index}`, name],
          [`GIT_CONFIG_VALUE_${index}`, value],
        ]),
      ),
      DOUBLE_PROTECTED: JSON.stringify(refused),
      PATH_INFO: inside,
      QUERY_STRING: url.search.slice(1),
      REQUEST_METHOD: request.method ?? "GET",
      CONTENT_TYPE: request.headers["content-type"] ?? "",
      HTTP_CONTENT_ENCODING: request.headers["content-encoding"] ?? "",
      HTTP_GIT_PROTOCOL: headerText(request.headers["git-protocol"]),
      REMOTE_ADDR: "127.0.0.1",
      ...(user === null ? {} : { REMOTE_USER: user }),
    },
    stdio: ["pipe", "pipe", "ignore"],
  });
  request.pipe(child.stdin);
  child.stdin.on("error", () => undefined);
  let head = Buffer.alloc(0);
  let isOpen = false;
  child.stdout.on("data", (chunk: Buffer) => {
    if (isLost) return;
    if (isOpen) {
      response.write(chunk);
      return;
    }
    head = Buffer.concat([head, chunk]);
    const end = head.indexOf("\r\n\r\n");
    if (end < 0) return;
    isOpen = true;
    writeHead(response, head.toString("utf8", 0, end));
    response.write(head.subarray(end + 4));
  });
  child.on("close", () => {
    if (user !== null && request.method === "POST") noticeRefs(hub, user);
    if (isLost) return void request.socket.destroy();
    if (!isOpen) response.statusCode = 500;
    response.end();
  });
}

function headerText(value: string | readonly string[] | undefined): string {
  return typeof value === "string" ? value : (value?.join(",") ?? "");
}

function writeHead(response: ServerResponse, text: string): void {
  for (const line of text.split("\r\n")) {
    const [name = "", value = ""] = line.split(/:\s*/, 2);
    if (name.toLowerCase() === "status") response.statusCode = Number(value.slice(0, 3));
    else response.setHeader(name, line.slice(name.length + 1).trim());
  }
}
