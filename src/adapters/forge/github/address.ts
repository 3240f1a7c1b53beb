import { ExitCode, UserError } from "../../../errors.ts";

/** Where a repository lives on GitHub, as its remote and the configuration say. */
export interface ForgeAddress {
  readonly owner: string;
  readonly name: string;
  /** `https://api.github.com`, or `https://HOST/api/v3` of an Enterprise Server. */
  readonly apiUrl: string;
  readonly graphqlUrl: string;
  /** Without a port: what `gh` calls its hostname. */
  readonly host: string;
  /** For git, without credentials. */
  readonly gitUrl: string;
}

interface Remote {
  readonly host: string;
  /** `https://host`, or `http://host:port`. */
  readonly origin: string;
  readonly owner: string;
  readonly name: string;
}

const GITHUB = "github.com";
/** GitHub takes ssh on port 443 there, for networks that let nothing else out. */
const GITHUB_SSH = new Set(["ssh.github.com", "altssh.github.com"]);
const LOOPBACK = new Set(["127.0.0.1", "localhost", "[::1]"]);

/**
 * Reads the address of a remote; null: it is none of GitHub. A host other than github.com is one only where the
 * configuration names its API.
 * @throws UserError `github/api-url` where that is no address, or lies at another host than the remote: whoever reads
 * a repository's configuration must not send its token there.
 */
export function readForgeAddress(remoteUrl: string, apiUrl: string | null): ForgeAddress | null {
  const remote = readRemote(remoteUrl.trim());
  if (remote === null) return null;
  const { host, origin, owner, name } = remote;
  if (apiUrl === null && host !== GITHUB) return null;
  const api = apiUrl === null ? "https://api.github.com" : readApiUrl(apiUrl, host);
  return {
    owner,
    name,
    apiUrl: api,
    graphqlUrl: api.endsWith("/api/v3") ? api.replace(/\/v3$/u, "/graphql") : `${api}/graphql`,
    host,
    gitUrl: `${origin}/${owner}/${name}.git`,
  };
}

/**
 * True for an address that seems to mean GitHub, readable here or not: a host `github.…`, or a name for ssh with
 * "github" in it, as people with two accounts write it.
 */
export function seemsGitHub(remoteUrl: string): boolean {
  const address = remoteUrl.trim();
  const [, scheme, far] = /^([a-z+]+):\/\/(?:[^/@]*@)?([^/:]+)/iu.exec(address) ?? [];
  if (far !== undefined && /^github\./iu.test(far)) return true;
  // A single letter before the colon is a drive.
  const near = /^(?:[\w.-]+@)?(\w[\w.-]+):(?!\/\/)/u.exec(address)?.[1];
  const alias = scheme !== undefined && /ssh/iu.test(scheme) ? far : near;
  return alias !== undefined && /github/iu.test(alias);
}

/** True for this machine: there live doubles of the service. */
export function isLoopback(host: string): boolean {
  return LOOPBACK.has(host);
}

function readRemote(address: string): Remote | null {
  const whole = /^(?:https?|ssh):\/\//iu.test(address) ? parseUrl(address) : null;
  if (whole !== null) return ofUrl(whole);
  // `git@host:owner/repo.git`; a single letter before the colon is a drive.
  const short = /^(?:[\w.-]+@)?([A-Za-z0-9][A-Za-z0-9.-]+):(?!\/\/)\/?(.+)$/u.exec(address);
  return short === null ? null : named(short[1] ?? "", null, short[2] ?? "");
}

function ofUrl(url: URL): Remote | null {
  const isSsh = url.protocol === "ssh:";
  return named(url.hostname, isSsh ? null : `${url.protocol}//${url.host}`, url.pathname);
}

function named(hostname: string, origin: string | null, path: string): Remote | null {
  const lower = hostname.toLowerCase();
  const host = GITHUB_SSH.has(lower) || lower === `www.${GITHUB}` ? GITHUB : lower;
  const at = /^\/*([\w-]{1,100})\/([\w.-]{1,100}?)(?:\.git)?\/*$/u.exec(path);
  const [, owner, name] = at ?? [];
  if (owner === undefined || name === undefined || /^\.{1,2}$/u.test(name)) return null;
  return { host, origin: encrypted(host, origin), owner, name };
}

/** No token goes out in the clear, and github.com goes by one name; doubles on this machine stay as they are. */
function encrypted(host: string, origin: string | null): string {
  const isSafe = origin !== null && (origin.startsWith("https:") || isLoopback(host));
  return isSafe && host !== GITHUB ? origin : `https://${host}`;
}

function readApiUrl(written: string, host: string): string {
  const url = parseUrl(written);
  if (url === null || !/^https?:$/u.test(url.protocol) || url.username !== "") {
    const shown = written.slice(0, 200).replace(/\/\/[^/]*@/u, "//…@");
    throw badApiUrl(`\`forge.api_url\` is no address of an API: ${shown}`);
  }
  const { hostname } = url;
  const isBothHere = isLoopback(hostname) && isLoopback(host);
  if (hostname !== host && hostname !== `api.${host}` && !isBothHere) {
    throw badApiUrl(
      `\`forge.api_url\` lies at ${hostname}, the remote at ${host}: no token is sent to another host.`,
    );
  }
  if (url.protocol === "http:" && !isLoopback(hostname)) {
    throw badApiUrl("`forge.api_url` is not encrypted: a token sent there could be read.");
  }
  return `${url.origin}${url.pathname}`.replace(/\/+$/u, "");
}

function badApiUrl(message: string): UserError {
  return new UserError("github/api-url", message, {
    hints: [
      "For an Enterprise Server: forge: {api_url: https://HOST/api/v3}, with HOST as in the remote.",
    ],
    exitCode: ExitCode.usage,
  });
}

function parseUrl(text: string): URL | null {
  return URL.canParse(text) ? new URL(text) : null;
}
