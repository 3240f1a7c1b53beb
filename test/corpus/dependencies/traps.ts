import { NO_THREAD, nothing, waits } from "./case.ts";
import type { CorpusCase } from "./case.ts";

/** Texts that look as if they declared something. */
export const TRAPS: readonly CorpusCase[] = [
  nothing("noelrohi/shidou#18", "part of", "Part of #2", { parent: "#2", statesBlockers: false }),
  nothing(
    "TestIntegrationOrg/sd-ai-framework#41",
    "parent",
    "Parent: #12\n\nKeep the tracker up to date.",
    { parent: "#12", statesBlockers: false },
  ),
  nothing("qf-studio/pilot#947", "parent with GH", "Parent: GH-945", { parent: "#945" }),
  nothing(
    "guangshinhaha/relief-teacher-planning#596",
    "linked parent epic",
    "**Parent Epic:** [#595 — revamp](https://github.com/acme/app/issues/595)",
    { parent: "#595" },
  ),
  nothing("lightspeedwp/.github#2741", "epic", "## Links\n\n- Epic: #1240", { parent: "#1240" }),
  nothing("JIYUU-Team-3/ButtonCounter#18", "child of", "Sub-issue of #18", { parent: "#18" }),
  nothing("g4bs2006/Clinic-Control#33", "several epics", "Epics: #1-#6"),
  nothing("MinaProtocol/docs#208", "closes", "Closes #3\nFixes: #4\nResolves #5", {
    statesBlockers: false,
  }),
  nothing("sindresorhus/file-type#477", "successor of", "Successor of: #473"),
  nothing("bonzo81/netbox-librenms-plugin#303", "based on", "Based on #12"),
  nothing(
    "waffleio/waffle.io#1859",
    "words about words",
    "We would like `Blocked by #12` similar to `Connects to #13`.",
  ),
  nothing(
    "iluwatar/java-design-patterns#3136",
    "previous pull request",
    "Adds the pattern of #2373. Previous PR: #2828",
  ),
  nothing("noelrohi/shidou#18", "follow-up", "Follow-up to #99"),
  nothing(
    "inference-sim/inference-sim#1655",
    "fenced code",
    "Write it like this:\n\n```\nDepends on: #12\n```",
  ),
  nothing(
    "inference-sim/inference-sim#1655",
    "indented code",
    "Example:\n\n    Depends on: #12\n\nEnd.",
  ),
  nothing(
    "inference-sim/inference-sim#1655",
    "code span",
    "If the body carries a `Depends on: #12` line, the job waits.",
  ),
  nothing("inference-sim/inference-sim#1655", "code span alone", "- `Depends on: #12`"),
  nothing("The01Geek/prflow#1047", "quote", "> Depends on: #12\n\nThat was said, and it is wrong."),
  nothing("The01Geek/prflow#1047", "quoted reply", "> This is blocked by #12\n\nNo."),
  nothing(
    "zxkane/autonomous-dev-team#123",
    "comment of a template",
    "<!--\nDepends on: #12\nOnly issues that must be closed first.\n-->\n\nText.",
  ),
  nothing(
    "zxkane/autonomous-dev-team#123",
    "comment in one line",
    "<!-- Blocked by #12 -->\n\nText.",
  ),
  nothing(
    "zxkane/autonomous-dev-team#123",
    "empty key of a template",
    "Depends on: #\nType: feature",
  ),
  nothing(
    "zxkane/autonomous-dev-team#123",
    "letters as numbers",
    "Depends on: #N\nBlocked by: #X, #Y",
  ),
  nothing("zxkane/autonomous-dev-team#123", "for example", "Depends on: e.g. #123"),
  nothing(
    "zxkane/autonomous-dev-team#123",
    "brackets of a template",
    "Depends on: [issue numbers]",
  ),
  nothing("zxkane/autonomous-dev-team#123", "angle brackets", "Blocked by: #<issue>"),
  nothing("DexForce/EmbodiChain#476", "none", "Dependencies: None."),
  nothing("DexForce/EmbodiChain#476", "n/a", "Blocked by: N/A"),
  nothing("DexForce/EmbodiChain#476", "dash", "Depends on: —"),
  nothing("DexForce/EmbodiChain#476", "nothing to wait for", "Blocked by: nothing"),
  nothing("DexForce/EmbodiChain#476", "no blockers", "Blocked by: no blockers"),
  nothing("DexForce/EmbodiChain#476", "none with a number", "Depends on: None (#12 is merged)"),
  nothing("matthiasbeyer/imag#1146", "struck through", "~~Depends on: #12~~"),
  nothing("matthiasbeyer/imag#1146", "value struck through", "Depends on: ~~#12~~"),
  nothing(
    "team-phoenix/Phoenix#334",
    "libraries",
    "## Dependencies\n\n- Qt 5.9.x\n- CMake 3.8+\n- SDL2 2.0.5",
  ),
  nothing("team-phoenix/Phoenix#334", "node", "Requires: Node 20"),
  nothing("team-phoenix/Phoenix#334", "after a time", "After 3.5 seconds it needs a rest."),
  nothing("team-phoenix/Phoenix#334", "after days", "Closed after 3 days without an answer."),
  nothing(
    "malbeclabs/doublezero#3747",
    "chunk numbers",
    "Chunk #2 depends on chunk #1 of the file.",
  ),
  nothing("malbeclabs/doublezero#3747", "step numbers", "Step #3 needs step #2."),
  nothing("cogni-work/insight-wave#1779", "ordinal of children", "This is child #2 of the epic."),
  nothing("gastownhall/beads#1495", "priority", "Blocked reports are our #1 priority."),
  nothing("bytebase/bytebase#11182", "rename", "chore: rename blocked_by to depends_on"),
  nothing(
    "Manne990/gaia-workbench#135",
    "letters",
    "- Issue A is selected.\n- Issue B depends on Issue A.",
  ),
  nothing(
    "Manne990/gaia-workbench#135",
    "requirements",
    "Requirements:\n\n- must be fast\n- must be small",
  ),
  nothing(
    "cardstack/boxel#5545",
    "change log",
    "## Changelog\n\n- Depend less on globals (#12)\n- Requires fewer reads (#13)",
  ),
  nothing(
    "cardstack/boxel#5545",
    "commit list",
    "- `a1b2c3` unblock the queue (#226)\n- `d4e5f6` wait for the lock (#227)",
  ),
  nothing(
    "wazuh/wazuh#16882",
    "blocked by management",
    "Blocked by management: we need to define what we want.",
  ),
  nothing(
    "tenstorrent/tt-npe#5",
    "dependencies in a title",
    "Add support for dependencies between phases, see the note in #4.",
  ),
  nothing(
    "pulumi/ci-mgmt#953",
    "labels",
    "- `blocked`: cannot go on without somebody else.\n- `awaiting-upstream`: needs another repository.",
  ),
  nothing(
    "thrumdev/blobs#168",
    "tool's note on the stack",
    "Current dependencies on/for this PR:\n* `main`\n  * **PR #162**\n    * **PR #168** 👈",
  ),
  nothing(
    "iluwatar/java-design-patterns#2828",
    "review remark",
    "Needs work before review. Closes #2373",
  ),
  nothing("waffleio/waffle.io#1859", "blocker yes or no", "Severity: blocker\nReproducible: yes"),
  nothing("SleepyMug/galaxy-mini-test#51", "title only", "## Description\n\nBlocked parent."),
  nothing(
    "lightspeedwp/.github#2741",
    "validation list",
    "- [ ] Verify epic #1240 is open\n- [ ] Link #2569 as child to epic",
  ),
  nothing(
    "ArduPilot/ardupilot#1195",
    "wait some seconds",
    "Wait 4 seconds before beginning to land.",
  ),
  waits("lightspeedwp/.github#465", "only one of two", "Blocked by: #12\nRefs: #13\nPR: #14", [
    "#12",
  ]),
];

/** Key words of other languages. */
export const LANGUAGES: readonly CorpusCase[] = [
  nothing("g4bs2006/Clinic-Control#36", "pt parent", "Parte da epic #33.", { parent: "#33" }),
  waits("g4bs2006/Clinic-Control#35", "pt", "**Depende de:** #3\n**Bloqueada por:** #4", [
    "#3",
    "#4",
  ]),
  waits("ryutek0821/oraja-traning#27", "ja", "親Epic: #1\n依存issue: #12", ["#12"], {
    parent: "#1",
  }),
  waits(
    "shunsock/dotfiles#414",
    "ja section",
    "## 依存するサブイシュー\n\n- #12\n- #13\n\n## 背景\n\n#14",
    ["#12", "#13"],
  ),
  waits("sehyun0518/agent#14", "ko section", "## 선행 조건\n\n#13 이 닫혀야 합니다.", ["#13"]),
  waits("sehyun0518/agent#14", "ko key", "선행: #12", ["#12"]),
  waits("FeatherHunter/dsh-mattpocock-skills-deck#383", "zh", "依赖：#12、#13", ["#12", "#13"]),
  waits("FeatherHunter/dsh-mattpocock-skills-deck#383", "zh without a colon", "- 前置任务 #12", [
    "#12",
  ]),
  waits("FeatherHunter/dsh-mattpocock-skills-deck#383", "zh none", "依赖：无", [], {
    statesBlockers: true,
  }),
  waits("QHuuT/gonogo#90", "fr", "Dépend de #12 et #13", ["#12", "#13"]),
  waits("QHuuT/gonogo#90", "fr section", "## Prérequis\n\n- #12", ["#12"]),
  waits("manufosela/karajan-code#662", "es", "Depende de: #12\nBloqueado por #13", ["#12", "#13"]),
  waits(NO_THREAD, "de", "Abhängig von: #12\nBlockiert durch #13", ["#12", "#13"]),
  waits(NO_THREAD, "de none", "Abhängigkeiten: keine", [], {
    statesBlockers: true,
  }),
];
