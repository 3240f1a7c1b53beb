import { expecting, holds, nothing, own, waits } from "./case.ts";
import type { CorpusCase } from "./case.ts";

/** Sentences that say it in so many words, and those that do not. */
export const PROSE: readonly CorpusCase[] = [
  waits(
    "matpeltier/tiktok-factory#10",
    "not start until",
    "A dummy. Should NOT start until #4 is completed.",
    ["#4"],
  ),
  waits("matpeltier/tiktok-factory#10", "issue that depends", "Dummy issue that depends on #4.", [
    "#4",
  ]),
  waits("kamp-us/phoenix#6616", "do not start until", "Do not start until #6597 is ruled.", [
    "#6597",
  ]),
  waits(
    "kamp-us/phoenix#4904",
    "must not move",
    "We must not start before #4909 and #4910 close.",
    ["#4909", "#4910"],
  ),
  waits("kamp-us/phoenix#62", "only once", "Only pickable once #61 is closed.", ["#61"]),
  waits("kamp-us/phoenix#4680", "can start once", "Work can start once #4678 has landed.", [
    "#4678",
  ]),
  waits("hezo-ai/hezo#256", "currently waiting on", "Currently waiting on #12.", ["#12"]),
  waits(
    "hezo-ai/hezo#256",
    "we are waiting for",
    "The parser is ready; we are waiting for #12 to be merged.",
    ["#12"],
  ),
  waits("MinaProtocol/docs#208", "must be merged after", "This must be merged after #205.", [
    "#205",
  ]),
  waits("MinaProtocol/docs#208", "needs to land first", "This needs #205 to land first.", ["#205"]),
  waits("MinaProtocol/docs#208", "has to land first", "#205 has to land first.", ["#205"]),
  waits("aicokleinovink/anthem#30", "merge first", "Merge #20 first.", ["#20"]),
  waits("aicokleinovink/anthem#30", "can't start until", "We can't start until #12 is done.", [
    "#12",
  ]),
  waits(
    "enterpriseready/enterpriseready#62",
    "don't merge until",
    "Please don't merge until #12 is in.",
    ["#12"],
  ),
  waits("objectstack-ai/objectstack#15178", "on hold until", "This is on hold until #12.", ["#12"]),
  waits("adamayoung/TMDb#480", "holds this", "#427 blocks this.", ["#427"]),
  waits("adamayoung/TMDb#480", "prerequisite for this", "#427 is a prerequisite for this work.", [
    "#427",
  ]),
  waits(
    "homeassistant-ai/ha-mcp#2467",
    "depends on the work in",
    "This PR depends on the work in #2447.",
    ["#2447"],
  ),
  waits(
    "homeassistant-ai/ha-mcp#2467",
    "implementation depends",
    "Small change, but the implementation depends on #2447.",
    ["#2447"],
  ),
  waits("scotthawes/multica#8", "part of a point", "- [ ] Wire the screen (blocked by #12)", [
    "#12",
  ]),
  waits("scotthawes/multica#8", "todo", "TODO: blocked by #12", ["#12"]),
  waits(
    "scotthawes/multica#8",
    "sentence after a sentence",
    "Adds the cache. Blocked by #12 for now.",
    ["#12"],
  ),
  waits(
    "MetaMask/contributor-docs#51",
    "stacked on top of",
    "This branch is stacked on top of #12.",
    ["#12"],
  ),
  waits("zoidsh/meru#654", "supersedes and depends", "Supersedes #4 and depends on #5.", ["#5"]),
  expecting(
    "gregsdennis/dependencies-action#4",
    "blocks in a sentence",
    "This needs to be merged first. It's blocking #5.",
    [holds("#5")],
  ),
  expecting(
    "theislampill/IMPLEMENTAUDIT.md#158",
    "this should land before",
    "This should land before #52.",
    [holds("#52")],
  ),
  expecting(
    "KalebCole/partiful#19",
    "both ways",
    "This is blocked by #12 and it also blocks #14.",
    [own("#12"), holds("#14")],
  ),
  nothing("aicokleinovink/anthem#30", "quoted words", 'The body said plainly "Merge #20 first".'),
  nothing("zoidsh/meru#654", "was stacked", "Originally stacked on #652, which merged meanwhile."),
  nothing("homeassistant-ai/ha-mcp#2467", "question", "Does this depend on #2447?"),
  nothing("Krzysztof318/MailFathom#1299", "does not", "This does not depend on #12."),
  nothing("Krzysztof318/MailFathom#1299", "no longer", "This is no longer blocked by #12."),
  nothing(
    "Krzysztof318/MailFathom#1299",
    "condition",
    "If #5 depends on #4, the graph has an edge.",
  ),
  nothing("Krzysztof318/MailFathom#1299", "might", "It might depend on #12, nobody knows."),
  nothing(
    "ksnip/ksnip#628",
    "after it was merged",
    "After #624 was merged the window stays white.",
  ),
  nothing("ksnip/ksnip#628", "after a change", "After #624, the window stays white."),
  nothing("ksnip/ksnip#628", "cannot reproduce before", "The crash did not happen before #624."),
  nothing("ksnip/ksnip#628", "since", "Broken since #624."),
  nothing(
    "cogni-work/insight-wave#1779",
    "children by ordinal",
    "Children 2 and 3 after #1652, child 4 after the other.",
  ),
  nothing(
    "ZenHubIO/support#1172",
    "depends on a thing",
    "What is shown depends on the user's locale.",
  ),
  nothing(
    "ZenHubIO/support#1172",
    "blocked by CORS",
    "The request is blocked by CORS policy in Safari.",
  ),
  nothing(
    "EmurgoHK/Emurgis#279",
    "feature about blocking",
    "Show which problems are being blocked by a child dependency. Fixed in #281.",
  ),
  nothing(
    "spxrogers/agentsync#178",
    "story of another issue",
    "#66 was resolved after this was filed; do not add #66 to the plan.",
  ),
  nothing(
    "hudsonwa/Qwen3.8-Flash-Next-oMLX-Recipe#70",
    "close or replace",
    "Close or replace #1 and #32 with one tracker.",
  ),
  waits("kamp-us/phoenix#4680", "once it is merged", "Once #8 is merged, this can start.", ["#8"]),
  waits("kamp-us/phoenix#4680", "as soon as it lands", "As soon as #8 lands, we can begin.", [
    "#8",
  ]),
  waits(
    "kamp-us/phoenix#4680",
    "when both are done",
    "Small. When both #8 and #9 are done, this issue can be picked up.",
    ["#8", "#9"],
  ),
  waits("kamp-us/phoenix#4680", "start as soon as", "This can start as soon as PR #8 is in.", [
    "#8",
  ]),
  waits(
    "kamp-us/phoenix#4680",
    "unblocked once an address is closed",
    "Once https://github.com/acme/app/issues/8 is closed, this is unblocked.",
    ["#8"],
  ),
  nothing(
    "kamp-us/phoenix#4680",
    "once it is merged, a failure",
    "Once #8 is merged, this can start failing on slow machines.",
  ),
  nothing(
    "kamp-us/phoenix#4680",
    "when it was merged",
    "When #8 was merged, this began to be slow.",
  ),
  nothing(
    "kamp-us/phoenix#4680",
    "once it is merged, users",
    "Once #8 is merged, users can start several jobs, and it can start to serve.",
  ),
  nothing(
    "kamp-us/phoenix#4680",
    "as soon as it lands, closed",
    "As soon as #8 lands, this can be closed.",
  ),
  nothing(
    "kamp-us/phoenix#4680",
    "when it is done, using it",
    "When #8 is done, we can start using the new field.",
  ),
  nothing(
    "hachej/boring-ui#537",
    "cherry-picked",
    "This picks #530, #531 and #535 onto main in the same order.",
  ),
  nothing(
    "nikhilsitaram/claude-memory-system#71",
    "example of a stack",
    "This happened with #66 and #67: merging #66 closed #67 on its own.",
  ),
  nothing(
    "pycontribs/gri#7",
    "feature about the words",
    "Parse `Depends on: #12` lines and show what blocks.",
  ),
  nothing(
    "hoonsubin/github-projects-mcp-server#104",
    "code words",
    "Adds `blocked_by` and `blocks` write fields to the tool.",
  ),
];
