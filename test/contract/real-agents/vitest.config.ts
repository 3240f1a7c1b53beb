import os from "node:os";
import path from "node:path";
import { defineConfig } from "vitest/config";

// The tests beside this file run against real CLIs: started by `npm run test:agents`, never by `npm test`.
export default defineConfig({
  root: path.resolve(import.meta.dirname, "../../.."),
  // Also run as a user who may not write into the repository.
  cacheDir: path.join(os.tmpdir(), "cairn-vitest-cache"),
  test: {
    include: ["test/contract/real-agents/*.real.ts"],
    testTimeout: 90_000,
    hookTimeout: 60_000,
    fileParallelism: false,
  },
});
