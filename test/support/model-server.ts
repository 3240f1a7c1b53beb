// Plays a model's API on loopback, so that the real agent CLIs think and act as a test says: Anthropic Messages and
// OpenAI Responses, streamed, nothing else. It keeps no state: where a conversation stands is read from the conversation.
import http from "node:http";
import type { AddressInfo } from "node:net";
import zlib from "node:zlib";

export interface ModelPlay {
  /** Words in a prompt; the newest prompt that has the words of some play decides. */
  readonly when: string;
  /** One for each time the model is asked; the last one again and again. */
  readonly answers: readonly ModelAnswer[];
}

export type ModelAnswer =
  | { readonly say: string }
  /** A command in the agent's shell. */
  | { readonly shell: string }
  /** The agent's own file tool where it has one, else its shell. Absolute path. */
  | { readonly write: string; readonly content: string }
  /** The last answer by schema: a tool where the agent has one, else as text. */
  | { readonly result: object }
  | { readonly status: number; readonly retryAfter?: number }
  /** Never answers. */
  | { readonly silence: true };

export interface ModelServer {
  readonly url: string;
  /** Paths of all requests, for a test that wants to know that there were some. */
  readonly requests: readonly string[];
  close(): Promise<void>;
}

type Json = Readonly<Record<string, unknown>>;
interface Call {
  readonly name: string;
  readonly input: Json | string;
}
interface Reply {
  readonly text: string;
  readonly call: Call | null;
}
/** A conversation as both APIs have it: what was asked, and how many answers came since. */
interface Conversation {
  readonly parts: readonly { readonly by: "user" | "model" | "tool"; readonly text: string }[];
  readonly tools: readonly string[];
}

export async function startModelServer(plays: readonly ModelPlay[]): Promise<ModelServer> {
  const requests: string[] = [];
  const server = http.createServer((request, response) => {
    requests.push(`${request.method ?? ""} ${request.url ?? ""}`);
    void answer(plays, request, response).catch((error: unknown) => {
      response.destroy(error instanceof Error ? error : undefined);
    });
  });
  // Codex first asks for a WebSocket; refused, it takes the stream.
  server.on("upgrade", (_request, socket) => {
    socket.end("HTTP/1.1 426 Upgrade Required\r\ncontent-length: 0\r\nconnection: close\r\n\r\n");
  });
  await new Promise<void>((resolve) => {
    server.listen(0, "127.0.0.1", resolve);
  });
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
    requests,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

async function answer(
  plays: readonly ModelPlay[],
  request: http.IncomingMessage,
  response: http.ServerResponse,
): Promise<void> {
  const url = request.url ?? "";
  const body = await readBody(request);
  const isMessages = /\/messages(?:\?|$)/.test(url);
  if (request.method !== "POST" || (!isMessages && !/\/responses(?:\?|$)/.test(url))) {
    const isKnown = /\/models|count_tokens/.test(url) || request.method === "HEAD";
    sendJson(response, isKnown ? 200 : 404, { data: [], models: [], input_tokens: 10 });
    return;
  }
  const conversation = isMessages ? fromMessages(body) : fromResponses(body);
  const chosen = choose(plays, conversation);
  if ("silence" in chosen) return;
  if ("status" in chosen) {
    if (chosen.retryAfter !== undefined)
      response.setHeader("retry-after", String(chosen.retryAfter));
    const error = { type: "scripted_error", message: `Scripted failure ${chosen.status}` };
    sendJson(response, chosen.status, { type: "error", error });
    return;
  }
  const reply = translate(chosen, conversation.tools);
  if (isMessages) sendMessage(response, body["model"], reply, body["stream"] === true);
  else sendResponse(response, body["model"], reply);
}

function choose(plays: readonly ModelPlay[], { parts, tools }: Conversation): ModelAnswer {
  // Titles and summaries are asked for without tools: they take no part in the play.
  if (tools.length === 0) return { say: "ok" };
  const newest = parts.findLastIndex(
    (part) => part.by === "user" && plays.some((play) => part.text.includes(play.when)),
  );
  const play = plays.find((candidate) => parts[newest]?.text.includes(candidate.when));
  const since = parts.slice(newest + 1);
  const answered = since.filter(
    (part, at) => part.by === "model" && since[at - 1]?.by !== "model",
  ).length;
  return play?.answers[Math.min(answered, play.answers.length - 1)] ?? { say: "No play for this." };
}

function translate(chosen: ModelAnswer, tools: readonly string[]): Reply {
  if ("say" in chosen) return { text: chosen.say, call: null };
  if ("shell" in chosen) return { text: "", call: shellCall(chosen.shell, tools) };
  if ("write" in chosen) {
    if (tools.includes("Write")) {
      const input = { file_path: chosen.write, content: chosen.content };
      return { text: "", call: { name: "Write", input } };
    }
    const command = `printf %s ${quote(chosen.content)} > ${quote(chosen.write)}`;
    return { text: "", call: shellCall(command, tools) };
  }
  if ("result" in chosen) {
    if (tools.includes("StructuredOutput"))
      return { text: "", call: { name: "StructuredOutput", input: chosen.result as Json } };
    return { text: JSON.stringify(chosen.result), call: null };
  }
  return { text: "", call: null };
}

/** Every CLI, and every version of it, calls its shell something else. */
function shellCall(command: string, tools: readonly string[]): Call | null {
  const forms: readonly Call[] = [
    { name: "Bash", input: { command, description: "as scripted" } },
    { name: "exec_command", input: { cmd: command } },
    { name: "shell_command", input: { command } },
    { name: "shell", input: { command: ["sh", "-c", command] } },
  ];
  return forms.find((form) => tools.includes(form.name)) ?? null;
}

function fromMessages(body: Json): Conversation {
  const parts = list(body["messages"]).flatMap((message): Conversation["parts"][number][] => {
    const blocks =
      typeof message["content"] === "string"
        ? [{ type: "text", text: message["content"] }]
        : list(message["content"]);
    if (message["role"] === "assistant") return [{ by: "model", text: "" }];
    if (blocks.some((block) => block["type"] === "tool_result")) return [{ by: "tool", text: "" }];
    return [{ by: "user", text: withoutReminders(blocks.map(textOf).join("\n")) }];
  });
  return { parts, tools: list(body["tools"]).map((tool) => String(tool["name"])) };
}

function fromResponses(body: Json): Conversation {
  const parts = list(body["input"]).map((item): Conversation["parts"][number] => {
    const type = typeof item["type"] === "string" ? item["type"] : "message";
    if (type.endsWith("_output")) return { by: "tool", text: "" };
    if (type !== "message" || item["role"] === "assistant") return { by: "model", text: "" };
    return { by: "user", text: list(item["content"]).map(textOf).join("\n") };
  });
  const tools = list(body["tools"]).map((tool) => String(tool["name"] ?? tool["type"]));
  return { parts, tools };
}

function sendMessage(
  response: http.ServerResponse,
  model: unknown,
  reply: Reply,
  isStream: boolean,
): void {
  const usage = { input_tokens: 1_000, output_tokens: 50 };
  const block =
    reply.call === null
      ? { type: "text", text: reply.text }
      : { type: "tool_use", id: newId("toolu"), name: reply.call.name, input: reply.call.input };
  const stop = reply.call === null ? "end_turn" : "tool_use";
  const message = { id: newId("msg"), type: "message", role: "assistant", model, usage };
  if (!isStream) {
    sendJson(response, 200, { ...message, content: [block], stop_reason: stop });
    return;
  }
  const send = openStream(response);
  send("message_start", { message: { ...message, content: [], stop_reason: null } });
  const empty = reply.call === null ? { type: "text", text: "" } : { ...block, input: {} };
  const delta =
    reply.call === null
      ? { type: "text_delta", text: reply.text }
      : { type: "input_json_delta", partial_json: JSON.stringify(reply.call.input) };
  send("content_block_start", { index: 0, content_block: empty });
  send("content_block_delta", { index: 0, delta });
  send("content_block_stop", { index: 0 });
  send("message_delta", { delta: { stop_reason: stop, stop_sequence: null }, usage });
  send("message_stop", {});
  response.end();
}

function sendResponse(response: http.ServerResponse, model: unknown, reply: Reply): void {
  const item =
    reply.call === null
      ? {
          type: "message",
          id: newId("msg"),
          role: "assistant",
          status: "completed",
          content: [{ type: "output_text", text: reply.text, annotations: [] }],
        }
      : {
          type: "function_call",
          id: newId("fc"),
          call_id: newId("call"),
          name: reply.call.name,
          status: "completed",
          arguments: JSON.stringify(reply.call.input),
        };
  const usage = {
    input_tokens: 1_000,
    input_tokens_details: { cached_tokens: 0 },
    output_tokens: 50,
    output_tokens_details: { reasoning_tokens: 0 },
    total_tokens: 1_050,
  };
  const whole = { id: newId("resp"), object: "response", created_at: 0, model, error: null };
  const send = openStream(response);
  send("response.created", { response: { ...whole, status: "in_progress", output: [] } });
  send("response.output_item.added", { output_index: 0, item: { ...item, status: "in_progress" } });
  send("response.output_item.done", { output_index: 0, item });
  send("response.completed", {
    response: { ...whole, status: "completed", output: [item], usage },
  });
  response.end();
}

function openStream(response: http.ServerResponse): (type: string, data: object) => void {
  response.writeHead(200, { "content-type": "text/event-stream", "cache-control": "no-cache" });
  return (type, data) => {
    response.write(`event: ${type}\ndata: ${JSON.stringify({ type, ...data })}\n\n`);
  };
}

function sendJson(response: http.ServerResponse, status: number, value: object): void {
  response.writeHead(status, { "content-type": "application/json" });
  response.end(JSON.stringify(value));
}

async function readBody(request: http.IncomingMessage): Promise<Json> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  const raw = Buffer.concat(chunks);
  const encoding = request.headers["content-encoding"];
  const plain =
    encoding === "zstd"
      ? zlib.zstdDecompressSync(raw)
      : encoding === "gzip"
        ? zlib.gunzipSync(raw)
        : raw;
  return plain.length === 0 ? {} : (JSON.parse(plain.toString("utf8")) as Json);
}

function withoutReminders(text: string): string {
  return text.replaceAll(/<system-reminder>[\s\S]*?<\/system-reminder>/g, "");
}

function list(value: unknown): readonly Json[] {
  return Array.isArray(value) ? (value as readonly Json[]) : [];
}

function textOf(block: Json): string {
  return typeof block["text"] === "string" ? block["text"] : "";
}

function quote(text: string): string {
  return `'${text.replaceAll("'", String.raw`'\''`)}'`;
}

let ids = 0;
function newId(prefix: string): string {
  ids += 1;
  return `${prefix}_${ids.toString(36).padStart(12, "0")}`;
}
