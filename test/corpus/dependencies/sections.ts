import { expecting, holds, own, soft, waits } from "./case.ts";
import type { CorpusCase } from "./case.ts";

/** Sections about dependencies. */
export const SECTIONS: readonly CorpusCase[] = [
  waits(
    "The01Geek/prflow#446",
    "key repeated in its section",
    "## Dependencies\n\nBlocked by #14 — needs its store",
    ["#14"],
  ),
  waits(
    "zxkane/autonomous-dev-team#123",
    "reason that must come first",
    "## Dependencies\n\n- #41 (must be merged first because the schema changes)",
    ["#41"],
  ),
  waits("zxkane/autonomous-dev-team#123", "none", "## Dependencies\n\nNone", [], {
    statesBlockers: true,
  }),
  waits(
    "DexForce/EmbodiChain#476",
    "none in a line",
    "Adds stacked work.\n\nDependencies: None.\n\n## Type of change\n\n- [x] Documentation",
    [],
    { statesBlockers: true },
  ),
  waits(
    "noelrohi/shidou#18",
    "parent section and none that says more",
    "## Parent\n\n#12\n\n## What to build\n\nA list.\n\n## Blocked by\n\nNone - can start immediately",
    [],
    { parent: "#12", statesBlockers: true },
  ),
  waits(
    "noelrohi/shidou#18",
    "parent section and blockers",
    "## Parent\n\n#12\n\n## Blocked by\n\n- #13\n- #14",
    ["#13", "#14"],
    { parent: "#12" },
  ),
  waits(
    "guangshinhaha/relief-teacher-planning#596",
    "form without an answer",
    "### Dependencies\n\n_No response_\n\n### Notes\n\n#4 is nice",
    [],
    { statesBlockers: true },
  ),
  waits(
    "coala/coala#4064",
    "bare addresses",
    "### Blocked by\n\nhttps://github.com/acme/app/issues/12\nhttps://github.com/acme/app/pull/13",
    ["#12", "#13"],
  ),
  waits("tcet-opensource/erp-backend#122", "task list", "## Dependencies\n- [ ] #35\n- [x] #50", [
    "#35",
    "#50",
  ]),
  waits(
    "lightspeedwp/.github#465",
    "parent tracker inside",
    "## Dependencies\n\n- Parent tracker: #61\n- #62",
    ["#62"],
    { parent: "#61" },
  ),
  waits(
    "OpenAgentsInc/openagents#3880",
    "master sequence inside",
    "## Dependencies\n\n- Master sequence: #38\n- Depends on: #37",
    ["#37"],
    { parent: "#38" },
  ),
  expecting(
    "The01Geek/prflow#1197",
    "direction inside",
    "## Dependencies\n\n- Blocked by: #12\n- Blocks: #9\n- Related: #4",
    [own("#12"), holds("#9"), soft("#4")],
  ),
  expecting(
    "The01Geek/prflow#1197",
    "other depends on this",
    "## Dependencies\n\n- #14 depends on this\n- #12",
    [holds("#14"), own("#12")],
  ),
  expecting(
    "The01Geek/prflow#1197",
    "blocks sections",
    "## Blocks\n\n- #5\n- #6\n\n## Notes\n\n#7",
    [holds("#5"), holds("#6")],
  ),
  waits(
    "kamp-us/phoenix#256",
    "prerequisites",
    "## Prerequisites\n\n1. #12\n2. #13 – tests of it",
    ["#12", "#13"],
  ),
  waits("kamp-us/phoenix#256", "section with emoji and colon", "### 🔗 Dependencies:\n\n- #12", [
    "#12",
  ]),
  waits("kamp-us/phoenix#256", "numbered section", "## 4. Dependencies\n\n- #12", ["#12"]),
  waits(
    "sehyun0518/agent#14",
    "two names",
    "## Dependencies & Blockers\n\n- Depends on: #12\n- Blocks: none",
    ["#12"],
  ),
  waits("sehyun0518/agent#14", "two names with a slash", "## Dependencies / Blockers\n\n- #12", [
    "#12",
  ]),
  waits("sehyun0518/agent#14", "with risks", "## Dependencies & Risks\n\n- #12 has to be in", [
    "#12",
  ]),
  waits("sehyun0518/agent#14", "brackets in the heading", "## Dependencies (hard)\n\n- #12", [
    "#12",
  ]),
  waits(
    "sehyun0518/agent#14",
    "smaller headings inside",
    "## Dependencies\n\n### Hard\n\n- #12\n\n### Soft\n\n_nothing_\n\n### Testing\n\n- #44",
    ["#12"],
  ),
  expecting("lyz-code/pydo#6", "soft heading inside", "## Dependencies\n\n### Soft\n\n- #12", [
    soft("#12"),
  ]),
  waits(
    "Krzysztof318/MailFathom#1299",
    "list and prose around it",
    "## Blocked by\n\nThese come first:\n\n- #12\n  - for its columns\n- #13",
    ["#12", "#13"],
  ),
  waits(
    "Krzysztof318/MailFathom#1299",
    "ends at the next heading",
    "## Dependencies\n\n- #12\n\n## Out of scope\n\n- #13",
    ["#12"],
  ),
  waits(
    "Krzysztof318/MailFathom#1299",
    "independent of",
    "## Dependencies\n\n- #12\n- Independent of #13\n- Can go in parallel with #14",
    ["#12"],
  ),
  waits(
    "Krzysztof318/MailFathom#1299",
    "parent in brackets",
    "## Dependencies\n\n- #10 (parent epic)\n- #12",
    ["#12"],
  ),
  waits("matthiasbeyer/imag#1146", "struck through", "## Blocked by\n\n- ~~#11~~\n- #12", ["#12"]),
  waits("matthiasbeyer/imag#1146", "underlined heading", "Dependencies\n------------\n\n- #12", [
    "#12",
  ]),
  waits("g4bs2006/Clinic-Control#36", "key in a heading", "## Depends on #12\n\nText about #13.", [
    "#12",
  ]),
  waits(
    "g4bs2006/Clinic-Control#36",
    "bold key alone",
    "**Depends on**\n\n- #12\n- #13\n\nAfter that, rest.",
    ["#12", "#13"],
  ),
  waits(
    "guangshinhaha/relief-teacher-planning#596",
    "table of dependencies",
    "## Dependencies\n\n| Issue | Why |\n|---|---|\n| #12 | schema |\n| #13 | client |",
    ["#12", "#13"],
  ),
  waits(
    "guangshinhaha/relief-teacher-planning#596",
    "facts in a table",
    "| Field | Value |\n|---|---|\n| Size | M |\n| Blocked by | #12, #13 |",
    ["#12", "#13"],
  ),
  waits(
    "jms-web/JMS#24",
    "other repositories",
    "## Dependencies\n\n- acme/forms#5\n- acme/forms#6",
    ["acme/forms#5", "acme/forms#6"],
  ),
  waits(
    "team-phoenix/Phoenix#334",
    "no issue among the tools",
    "## Dependencies\n\n- Qt 5.9\n- #12",
    ["#12"],
  ),
  waits("WeAllCode/website#1553", "words only", "## Blocked by\n\n- Legal sign-off", [], {
    unresolved: ["Legal sign-off"],
  }),
];

/** Declared blockers that name no issue. */
export const UNRESOLVED: readonly CorpusCase[] = [
  waits("iderex/stammtisch#179", "decision", "Waiting for: decision - which database", [], {
    unresolved: ["decision - which database"],
  }),
  waits("hezo-ai/hezo#256", "key with words", "Depends on: the new billing API", [], {
    unresolved: ["the new billing API"],
  }),
  waits(
    "manufosela/karajan-code#662",
    "key with a list of words",
    "**Blocked by:**\n\n- The login work\n- #12",
    ["#12"],
    { unresolved: ["The login work"] },
  ),
  waits("wazuh/wazuh#16882", "phase number", "Depends on: phase #2", [], {
    unresolved: ["phase #2"],
  }),
  waits(
    "wazuh/wazuh#16882",
    "section of words",
    "## Blocked by\n\nApproval of the security team",
    [],
    { unresolved: ["Approval of the security team"] },
  ),
  waits("WeAllCode/website#1553", "to be decided", "Blocked by: TBD", [], { unresolved: ["TBD"] }),
  waits("WeAllCode/website#1553", "person", "Blocked by: @maria", [], { unresolved: ["@maria"] }),
  waits(
    "malbeclabs/doublezero#3747",
    "mixed",
    "Depends on:\n- #12\n- vendor firmware update",
    ["#12"],
    { unresolved: ["vendor firmware update"] },
  ),
];
