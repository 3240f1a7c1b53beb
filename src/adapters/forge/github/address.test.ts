import { expect, test } from "vitest";
import { readForgeAddress, seemsGitHub } from "./address.ts";

const MILL = { owner: "ada", name: "mill" };

test.each([
  "https://github.com/ada/mill",
  "https://github.com/ada/mill.git/",
  "http://github.com/ada/mill.git",
  "https://www.github.com/ada/mill",
  "https://x-access-token:ghp_secret@github.com/ada/mill.git",
  "ssh://git@github.com/ada/mill.git",
  "ssh://git@ssh.github.com:443/ada/mill.git",
  "git@github.com:ada/mill.git",
  "GitHub.com:ada/mill",
  "git@github.com:/ada/mill.git",
])("%s is a repository of GitHub, and git goes there without credentials", (remote) => {
  expect(readForgeAddress(remote, null)).toEqual({
    ...MILL,
    apiUrl: "https://api.github.com",
    graphqlUrl: "https://api.github.com/graphql",
    host: "github.com",
    gitUrl: "https://github.com/ada/mill.git",
  });
});

test.each([
  "",
  "../mill",
  "/srv/git/mill.git",
  "file:///srv/git/mill.git",
  "git://github.com/ada/mill.git",
  "C:/git/ada/mill",
  "C:\\git\\mill",
  "https://github.com/ada",
  "https://github.com/ada/mill/tree",
  "https://github.com/ada/..",
  "https://gitlab.com/ada/mill.git",
  "git@code.example.org:ada/mill.git",
])("%j is none", (remote) => {
  expect(readForgeAddress(remote, null)).toBeNull();
});

test("an Enterprise Server has GraphQL beside its API, and is one only where it is named", () => {
  expect(
    readForgeAddress("git@code.example.org:ada/mill.git", "https://code.example.org/api/v3/"),
  ).toEqual({
    ...MILL,
    apiUrl: "https://code.example.org/api/v3",
    graphqlUrl: "https://code.example.org/api/graphql",
    host: "code.example.org",
    gitUrl: "https://code.example.org/ada/mill.git",
  });
  expect(
    readForgeAddress("https://octo.ghe.com/ada/mill", "https://api.octo.ghe.com")?.graphqlUrl,
  ).toBe("https://api.octo.ghe.com/graphql");
});

test("a plain address has GraphQL below it; the port of the remote stays", () => {
  expect(readForgeAddress("http://127.0.0.1:4000/ada/mill.git", "http://127.0.0.1:4000")).toEqual({
    ...MILL,
    apiUrl: "http://127.0.0.1:4000",
    graphqlUrl: "http://127.0.0.1:4000/graphql",
    host: "127.0.0.1",
    gitUrl: "http://127.0.0.1:4000/ada/mill.git",
  });
});

test.each([
  ["https://evil.example.org/api/v3", "lies at evil.example.org"],
  ["http://code.example.org/api/v3", "not encrypted"],
  ["code.example.org", "no address"],
  ["https://user:pass@code.example.org/api/v3", "no address"],
])("an API at %s is refused: a token would be sent there", (api, words) => {
  expect(() => readForgeAddress("https://code.example.org/ada/mill", api)).toThrow(words);
});

test("nothing goes to another machine in the clear, and an API on this one is that of a remote on it", () => {
  const remote = "http://code.example.org/ada/mill";
  expect(readForgeAddress(remote, "https://code.example.org/api/v3")?.gitUrl).toBe(
    "https://code.example.org/ada/mill.git",
  );
  expect(() => readForgeAddress("https://github.com/ada/mill", "http://127.0.0.1:4000")).toThrow(
    "lies at 127.0.0.1",
  );
});

test.each([
  ["github-work:ada/mill.git", true],
  ["git@github.com-work:ada/mill.git", true],
  ["ssh://git@my-github/ada/mill.git", true],
  ["https://github.example.org/ada/mill.git", true],
  ["git://github.com/ada/mill.git", true],
  ["https://gitlab.com/github/mill.git", false],
  ["https://mygithub.example.org/ada/mill.git", false],
  ["git@gitlab.com:github/mill.git", false],
  ["/srv/github/mill.git", false],
  ["C:\\github\\mill", false],
  ["../github", false],
])("%s seems to be GitHub: %s", (remote, isSeeming) => {
  expect(seemsGitHub(remote)).toBe(isSeeming);
});
