import type { Language, MaskedCode } from "../../shared/written-tests/masked-code.ts";
import { callsOf, textOfArgument } from "./calls.ts";
import { fakedModules, importedModules } from "./imported-modules.ts";
import type { Hit } from "./hit.ts";

const VERBS = "get|post|put|patch|delete|head|options|request";

/** What sends a request; a URL is its first or second argument. */
const REQUESTS: Readonly<Record<Language, RegExp>> = {
  javascript: new RegExp(
    `^(?:globalThis\\.|window\\.)?fetch$|^(?:axios|got|ky|superagent|needle|http|https|undici)(?:\\.(?:${VERBS}|stream|json))?$|^new\\.WebSocket$|^WebSocket$`,
    "u",
  ),
  python: new RegExp(
    `^(?:requests|httpx|aiohttp)\\.(?:${VERBS})$|^(?:urllib\\.request\\.)?(?:urlopen|urlretrieve)$|^(?:session|client)\\.(?:${VERBS})$`,
    "u",
  ),
  go: /^http\.(?:Get|Post|Head|PostForm)$/u,
  rust: /^(?:reqwest::(?:blocking::)?get|ureq::(?:get|post)|minreq::get)$/u,
};

/** Something in the file answers in place of the network. */
const STAND_INS =
  /^(?:nock|msw(?:\/.*)?|fetch-mock|jest-fetch-mock|axios-mock-adapter|undici|sinon|@mswjs\/.*|responses|respx|requests_mock|httpretty|aioresponses|vcr|pytest_httpserver|pytest_httpx|betamax|github\.com\/(?:jarcoal\/httpmock|h2non\/gock.*)|gopkg\.in\/h2non\/gock.*|wiremock|mockito|httpmock)$/u;

const FAKED_FETCH =
  /\bstubGlobal\s*\(|(?<![\w$])(?:globalThis|global|window)\s*\.\s*fetch\s*=|(?<![\w$])(?:const|let|var|function|async function)\s+fetch\b|[({,]\s*fetch\s*[,})=:]|\bmethod\s*\(\s*(?:globalThis|global|window)\b|\bspyOn\s*\(\s*(?:globalThis|global|window|axios|http|https|httpx|requests)\b|\b(?:httpx_mock|requests_mock|respx_mock|aioresponses|monkeypatch|mocker|MockTransport|ASGITransport|TestClient|test_client|pook)\b|\b(?:http\.DefaultTransport|http\.DefaultClient|DefaultClient\.Transport)\s*=/u;

const FAKED_MODULES =
  /^(?:axios|got|ky|superagent|needle|https?|undici|node-fetch|requests|httpx|urllib|aiohttp)\b/u;

/** Names that never leave the machine, or never resolve. */
const NEAR =
  /^(?:localhost|[\w.-]+\.localhost|127(?:\.\d{1,3}){3}|0\.0\.0\.0|\[::1?\]|[\w.-]+\.(?:test|invalid|example|local)|testserver|test|host\.docker\.internal)$/iu;

/** Requests to hosts elsewhere, as far as the host is written down. */
export function requestsIn(masked: MaskedCode): readonly Hit[] {
  const isReplaced =
    FAKED_FETCH.test(masked.code) ||
    importedModules(masked).some(({ name }) => STAND_INS.test(name)) ||
    [...fakedModules(masked)].some((name) => FAKED_MODULES.test(name));
  if (isReplaced) return [];
  return callsOf(masked, REQUESTS[masked.language]).flatMap(({ at, name, given }) => {
    const host = given
      .slice(0, 2)
      .map((range) => hostOf(textOfArgument(masked, range) ?? ""))
      .find((found) => found !== null);
    if (host === undefined || host === null || NEAR.test(host)) return [];
    return [
      {
        at,
        severity: "major" as const,
        message: `This test calls ${host} by \`${name}\`. Answer the request in the test: a fake client, or a server of its own on 127.0.0.1.`,
      },
    ];
  });
}

/** Host of an address on the network; null: none, or one that is only known when it runs. */
function hostOf(text: string): string | null {
  const found = /^(?:https?|wss?):\/\/(?:[^/@\s]{0,200}@)?(\[[\da-f:]+\]|[^/:?#\s"'`]+)/iu.exec(
    text,
  )?.[1];
  return found === undefined || /[${}%<]/u.test(found) ? null : found;
}
