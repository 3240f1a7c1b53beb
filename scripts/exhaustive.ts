// `npm run exhaustive [-- --faults N] [--planted]`: every order in which three issues may go, with up to N things (2)
// going wrong or done by people on the way. Exit 1 when a promise is broken on any of them.
import { parseArgs } from "node:util";
import { explore, RedPath } from "../test/exhaustive/explore.ts";
import { PLANTED_BUGS } from "../test/exhaustive/planted-bugs.ts";
import { allSmallWorlds, smallWorld } from "../test/exhaustive/small-worlds.ts";

const { values } = parseArgs({
  options: {
    faults: { type: "string", default: "2" },
    planted: { type: "boolean", default: false },
  },
});

function exploreAll(faults: number): boolean {
  let isGreen = true;
  const sum = { worlds: 0, places: 0, steps: 0, ends: 0 };
  const began = Date.now();
  for (const world of allSmallWorlds()) {
    try {
      const { places, steps, ends } = explore(world, faults);
      sum.worlds += 1;
      sum.places += places;
      sum.steps += steps;
      sum.ends += ends;
      console.log(`${world.name}: ${places} places, ${steps} steps, ${ends} ends`);
    } catch (error) {
      if (!(error instanceof RedPath)) throw error;
      isGreen = false;
      console.log(`${world.name}: RED\n${error.message}`);
    }
  }
  const seconds = ((Date.now() - began) / 1_000).toFixed(0);
  console.log(
    `${sum.worlds} worlds, ${faults} faults: ${sum.places} places, ${sum.steps} steps, ${sum.ends} ends, ${seconds} s`,
  );
  return isGreen;
}

function findPlanted(): boolean {
  let isFound = true;
  for (const { name, world, faults, plant } of PLANTED_BUGS) {
    const found = redPath(() => explore(smallWorld(world), faults, { plant }));
    console.log(found === null ? `NOT FOUND: ${name}` : `found: ${name} (${found})`);
    isFound &&= found !== null;
  }
  return isFound;
}

function redPath(look: () => unknown): string | null {
  try {
    look();
    return null;
  } catch (error) {
    if (!(error instanceof RedPath)) throw error;
    return `after ${error.path.length} steps: ${error.message.split("\n")[0] ?? ""}`;
  }
}

const isGood = values.planted ? findPlanted() : exploreAll(Number(values.faults));
process.exitCode = isGood ? 0 : 1;
