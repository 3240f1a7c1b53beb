// Prints the milliseconds from opening the log in the folder named to the first decision.
import { openStore } from "../../src/adapters/sqlite/store.ts";
import { decide } from "../../src/core/run/decide.ts";
import { foldLog } from "../../src/core/run/evolve.ts";

const startedAt = performance.now();
const store = openStore(process.argv[2] ?? "");
const run = foldLog("bench", store.read("bench", 0));
decide(run, 0);
console.log(performance.now() - startedAt);
store.close();
