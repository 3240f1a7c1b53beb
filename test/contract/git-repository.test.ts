import { repositoryContract } from "./repository.contract.ts";
import { gitWorld } from "./git-world.ts";

repositoryContract("git, as installed", () => gitWorld());
repositoryContract("git, merging as 2.38 does", () => gitWorld({ mergeMode: "synthetic-parent" }));
