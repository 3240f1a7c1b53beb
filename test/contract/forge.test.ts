// One suite for every forge. With CAIRN_CONTRACT_AGAINST (address of an API), CAIRN_CONTRACT_REPOSITORY (`owner/repo`) and
// CAIRN_CONTRACT_TOKEN it goes against another implementation of GitHub, too; it leaves branches `contract/…` there.
import { execFileSync } from "node:child_process";
import { randomUUID } from "node:crypto";
import { readForgeAddress } from "../../src/adapters/forge/github/address.ts";
import { createLocalForge } from "../../src/adapters/forge/local/local-forge.ts";
import { systemClock } from "../../src/adapters/clock/system-clock.ts";
import type { Forge } from "../../src/ports/forge.ts";
import { freshForge, jumpingClock, runGit, workshop } from "../support/github/forge-world.ts";
import type { ForgePlace, Workshop } from "../support/github/forge-world.ts";
import { gitHubWorld, TOKEN } from "../support/github/world.ts";
import { forgeContract, type ForgeWorld } from "./forge.contract.ts";
import { gitWorld, identity } from "./git-world.ts";

/** What every world does in the repository here. */
function hands(shop: Workshop): Pick<ForgeWorld, "commit" | "candidate" | "treeOf" | "isHere"> {
  return {
    commit: (parent, files, message) => shop.commit(parent, files, message),
    candidate: (onto, head, message) => shop.candidate(onto, head, message),
    treeOf: (commit) => shop.git(["rev-parse", `${commit}^{tree}`]),
    isHere: (commit) => {
      const asked = execFileSync("git", ["cat-file", "--batch-check"], {
        cwd: shop.root,
        input: commit,
        encoding: "utf8",
      });
      return asked.includes(" commit ");
    },
  };
}

async function localWorld(): Promise<ForgeWorld> {
  const here = await gitWorld();
  const shop = workshop(here.root);
  const numbers = new Map<string, number>();
  const numberOf = (branch: string): number => {
    const number = numbers.get(branch) ?? numbers.size + 1;
    numbers.set(branch, number);
    return number;
  };
  const again = (): Forge => createLocalForge({ repository: here.repository, numberOf });
  const forge = again();
  const base = "milestone/1-contract";
  await forge.ensureBranch(base, here.start);
  let names = 0;
  return {
    forge,
    again,
    base,
    start: here.start,
    ...hands(shop),
    nameOf: (branch) => `${branch}-${(names += 1)}`,
    work: async (branch, head) => {
      await here.repository.ensureBranch(branch, head);
    },
    person: {
      push: (branch, files) => here.commitOn(branch, files, "by hand"),
      rewind: async (branch) => {
        const aside = shop.commit(null, { "x.txt": "x\n" }, "another history");
        here.git(["update-ref", `refs/heads/${branch}`, aside]);
        return Promise.resolve(aside);
      },
    },
    close: async () => {
      shop.close();
      await here.close();
    },
  };
}

/** A GitHub that may have been used before: everything gets a name of its own. */
async function worldAt(place: ForgePlace, close: () => Promise<void>): Promise<ForgeWorld> {
  const shop = workshop();
  const person = workshop();
  const mark = randomUUID().slice(0, 8);
  const base = `contract/${mark}-base`;
  const again = (): Forge => freshForge(place, shop);
  const basic = Buffer.from(`x-access-token:${place.token}`).toString("base64");
  const env = {
    ...identity("bob@example.org"),
    GIT_CONFIG_COUNT: "1",
    GIT_CONFIG_KEY_0: `http.${place.gitUrl}.extraHeader`,
    GIT_CONFIG_VALUE_0: `AUTHORIZATION: basic ${basic}`,
  };
  const there = async (...args: readonly string[]): Promise<void> => {
    const { code, told } = await runGit(person.root, args, { env });
    if (code !== 0) throw new Error(told);
  };
  const push = (commit: string, branch: string): Promise<void> =>
    there("push", "-q", "--force", place.gitUrl, `${commit}:refs/heads/${branch}`);
  const start = person.commit(null, { "readme.md": `${mark}\n` }, "start");
  await push(start, base);
  const forge = again();
  await forge.tipOf(base);
  let names = 0;
  return {
    forge,
    again,
    base,
    start,
    ...hands(shop),
    nameOf: (branch) => `contract/${mark}-${branch}-${(names += 1)}`,
    work: async (branch, head) => void (await forge.push(branch, head, null)),
    person: {
      push: async (branch, files) => {
        await there("fetch", "-q", place.gitUrl, `refs/heads/${branch}`);
        const made = person.commit("FETCH_HEAD", files, "by hand");
        await push(made, branch);
        return made;
      },
      rewind: async (branch) => {
        const aside = person.commit(null, { "x.txt": `${mark}\n` }, "another history");
        await push(aside, branch);
        return aside;
      },
    },
    close: async () => {
      shop.close();
      person.close();
      await close();
    },
  };
}

async function doubleWorld(): Promise<ForgeWorld> {
  const clock = jumpingClock();
  const world = await gitHubWorld(() => clock.now());
  const { double } = world;
  const place = {
    apiUrl: double.url,
    graphqlUrl: `${double.url}/graphql`,
    gitUrl: double.cloneUrl,
    owner: "ada",
    name: "mill",
    token: TOKEN,
    clock,
  };
  return worldAt(place, () => world.close());
}

function otherWorld(apiUrl: string): () => Promise<ForgeWorld> {
  const repository = process.env["CAIRN_CONTRACT_REPOSITORY"] ?? "";
  const token = process.env["CAIRN_CONTRACT_TOKEN"] ?? "";
  // An API beside its pages, as on this machine, or the one of github.com.
  const isHome = new URL(apiUrl).hostname === "api.github.com";
  const pages = isHome ? "https://github.com" : new URL(apiUrl).origin;
  const address = readForgeAddress(`${pages}/${repository}.git`, apiUrl);
  if (address === null || token === "")
    throw new Error("Set CAIRN_CONTRACT_REPOSITORY=owner/repo and CAIRN_CONTRACT_TOKEN=… as well.");
  return () => worldAt({ ...address, token, clock: systemClock }, async () => Promise.resolve());
}

const NEITHER = { publishes: false, pullRequests: false };
const BOTH = { publishes: true, pullRequests: true };

forgeContract("branches of the repository itself", NEITHER, localWorld);
forgeContract("GitHub, as the double has it", BOTH, doubleWorld);
const against = process.env["CAIRN_CONTRACT_AGAINST"];
if (against !== undefined) forgeContract(`GitHub at ${against}`, BOTH, otherWorld(against));
