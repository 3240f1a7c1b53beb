import { CODE_MARK, NAMES_ISSUE, saysOrder } from "./dependency-words.ts";
import type { Relation, Side } from "./read-relations.ts";
import { referenceGroups, writeOutAddresses } from "./references.ts";
import type { ReferenceGroup } from "./references.ts";

/** What a sentence says further from a reference than this is not about it. */
const WINDOW = 140;
const SENTENCE_MAX = 4000;

const DONE = String.raw`(?:be\s+(?:landed|merged|done|completed|finished|closed|implemented|released|shipped|fixed|resolved|in)|lands?|merges?|ships?|complete|finish|close|comes?|goes?|go|happens?)`;
const STARTED = String.raw`(?:be\s+)?(?:start(?:ed)?|begin|begun|merged?|land(?:ed)?|proceed|implement(?:ed)?|shipp?(?:ed)?|done|dispatch(?:ed)?|release[d]?|deploy(?:ed)?|pick(?:ed)?(?:\s+(?:this|it))?(?:\s+up)?|claim(?:ed)?|work(?:ed)?\s+on(?:\s+this)?|go|happen|tackle[d]?|come|follow)`;
const SOFTENERS = String.raw`(?:(?:also|still|both|now|currently|each|all|hard|directly|strictly|is|are|it|which|and|must|should|can|only|will|has\s+to|needs?\s+to)\s+){0,4}`;
// "depends on the work in PR #12"
const FILL_END =
  /(?:(?:^|(?<=\s))(?:the|prs?|mrs?|issues?|pull\s+requests?|tasks?|tickets?|epics?|stor(?:y|ies)|(?:work|changes?|completion|merge|landing|merging|resolution|fix(?:es)?)\s+(?:of|in|from)|both|all|upstream|our|my)\s+){1,5}$/iu;

const WAITS = String.raw`(?:depend(?:s|ent|ing)?\s+(?:up)?on|blocked[\s_-]+(?:by|on|until|behind)|wait(?:s|ing)?\s+(?:on|for|until)|awaiting|gated\s+(?:by|on|behind)|stacked\s+on(?:\s+top\s+of)?|parked\s+behind|on\s+hold\s+(?:for|until)|(?:hold|paused|postponed|deferred)\s+until|依[赖賴](?:于|於)?|depende\s+de|d(?:é|e)pend\s+de|h(?:ä|ae)ngt\s+(?:ab\s+)?von|dipende\s+da|зависит\s+от)`;
const FORWARD = new RegExp(
  String.raw`^\s*[(,:–—-]?\s*${SOFTENERS}(?:${WAITS}|requires?|needs?|builds\s+(?:up)?on(?:\s+top\s+of)?|sits?\s+(?:behind|on\s+top\s+of)|(?:comes?|${DONE}|${STARTED})\s+after)\s*:?\s*$`,
  "iu",
);
const BACKWARD = new RegExp(
  String.raw`^\s*[(,:–—-]?\s*(?:${SOFTENERS}(?:block(?:s|ing)?|unblocks?|gates?|unlocks|enables|precedes?|(?:an?\s+|the\s+)?(?:hard\s+|strict\s+)?(?:pre-?requisites?|prereqs?|dependency|blockers?|preconditions?)\s+(?:for|of|to)|(?:needed|required)\s+(?:by|for|before))|(?:should|must|needs?\s+to|has\s+to|have\s+to|will|ought\s+to|to)?\s*${DONE}(?:\s+first,?)?\s+before)\s*:?\s*$`,
  "iu",
);
const BARE_AFTER = /^\s*[(,–—-]?\s*after\s*$/iu;
const BARE_BEFORE = /^\s*,?\s*(?:(?:first|before|and)\s*,?\s*)?(?:then|before)\s*$/iu;

// Words that make a sentence a story, a condition or its contrary.
const UNREAL =
  /\b(?:if|whether|would|could|might|may|assuming|suppose|previously|formerly|no\s+longer|used\s+to|not|never|without|instead\s+of|rather\s+than|was|were|been|example|e\.g|such\s+as|like|when|why|how|independent)\b|n['’]t\b/iu;

const WAITS_END = new RegExp(
  String.raw`(?:^|[^\p{L}])(${WAITS})\s*(?:[^\p{L}\p{N}\s]{1,3}\s*)?$`,
  "iu",
);
const NEEDS_END = /(?:^|[^\p{L}])((?:also\s+)?(?:needs?|requires?|wait\s+for))\s*$/iu;
const BLOCKS_END =
  /(?:^|[^\p{L}])((?:un)?block(?:s|ing)?|(?:an?\s+|the\s+)?(?:hard\s+)?(?:pre-?requisite|prereq|blocker|precondition)\s+(?:for|of|to)|(?:needed|required)\s+(?:by|for))\s*$/iu;
const SELF_END =
  /(?:^|[^\p{L}])(?:this|it|we|this\s+(?:\w+\s+)?(?:issue|pr|mr|pull\s+request|task|ticket|story|work|change|feature|patch|branch|epic|spike)|the\s+(?:issue|pr|task|ticket|story|implementation)|implementation|(?:issue|pr|task)\s+that)(?:['’](?:s|re))?(?:\s+(?:is|are|be|also|currently|now|still|directly|hard|strictly|must|should|will|currently|partially))*\s*$/iu;
// Nothing but a comma, a dash or a bracket stands between the clause and the words, or nothing at all.
const CLAUSE_END = /(?:^|[,:()–—-]|\b(?:but|so|currently|still|also))\s*$/iu;

const NOT_BEFORE = new RegExp(
  String.raw`\b(?:(?:(?:do|should|must|can|may|will)\s*not|cannot|(?:do|should|must|ca|wo)n['’]t|not\s+to|never)\s+(?:\w+\s+){0,2}?${STARTED}|not\s+(?:start|pick|action)able)\b[^#.]{0,50}\b(?:until|till|before|unless|prior\s+to|without)\s+(?:\w+\s+){0,2}$`,
  "iu",
);
const ONLY_AFTER = new RegExp(
  String.raw`\b(?:(?:must|should|has\s+to|have\s+to|needs?\s+to)\s+(?:only\s+)?${STARTED}|can\s+(?:only\s+)?(?:be\s+)?(?:start(?:ed)?|begin|proceed|merged?|landed?|picked\s+up|done)|to\s+be\s+(?:done|started|merged|landed|implemented|tackled|picked\s+up)|only\s+(?:pickable|actionable|startable|possible|unblocked|ready|start|starts|merge|begin|begins))\b[^#.]{0,40}\b(?:after|once|as\s+soon\s+as|when|following|on\s+top\s+of)\s+(?:\w+\s+){0,2}$`,
  "iu",
);
// "Once #8 is merged, this can start" waits; "Once #8 is merged, this can start failing" tells a story.
const CONDITION =
  /(?:^|[.,;:(–—-]\s*|\b(?:but|so|and)\s+)(?:only\s+)?(?:once|as\s+soon\s+as|when)\s*$/iu;
const THIS_WORK = String.raw`(?:this(?:\s+(?:issue|pr|mr|pull\s+request|task|ticket|story|work|change|one|spike))?|(?:the\s+)?work(?:\s+(?:on\s+this|here))?|(?:the\s+)?implementation)`;
const THEN_THIS = new RegExp(
  String.raw`^\s*(?:\([^()]{0,60}\)\s*)?(?:(?:is|are|has\s+been|have\s+been|gets?)\s+(?:merged|landed|done|completed?|closed|released|shipped|fixed|resolved|finished|in|ready|deployed|available)|lands?|merges?|ships?|completes?|closes|goes\s+in)\b[^,.;#]{0,30}?,?\s+(?:then\s+)?(?:(?:${THIS_WORK}|we|i)\s+(?:can|may|should|must)\s+(?:(?:then|finally|also|now)\s+)?(?:start|begin|proceed|continue|resume|go\s+ahead)|${THIS_WORK}\s+(?:can|may|should|must)\s+(?:(?:then|finally|also|now)\s+)?(?:land|merge|be\s+(?:(?:started|picked\s+up|merged|landed|implemented|tackled|worked\s+on|done)))|(?:${THIS_WORK}|we)\s+(?:is|are|will\s+be|becomes?)\s+(?:unblocked|actionable|startable|ready\s+(?:to|for)\s+(?:start|begin|be\s+(?:started|picked\s+up)|work|implementation)))\b(?!\s+(?:more|better|faster|eas\p{L}+|simpl\p{L}+|automatic\p{L}+|to\s+\p{L}|\p{L}+ing\b))`,
  "iu",
);
const MUST_PRECEDE = new RegExp(
  String.raw`\b(?:should|must|has\s+to|have\s+to|needs?\s+to|ought\s+to)\s+${DONE}(?:\s+\w+){0,2}\s+before\s+$`,
  "iu",
);
const DO_FIRST =
  /(?:^|[^\p{L}])(?:merge|land|ship|finish|complete|do|implement|review\s+and\s+merge)\s*$/iu;
const TASK_END =
  /(?:^|[.;:,]\s)(?:please\s+)?(?:do|finish|land|merge|complete|implement|tackle|ship|start\s+with|first)\s*$/iu;
const TO_BE_DONE = new RegExp(
  String.raw`^\s+(?:to\s+${DONE}|(?:is\s+|being\s+)?(?:merged|landed|done|closed|completed|resolved|first))`,
  "iu",
);
const GOES_FIRST = new RegExp(
  String.raw`^\s+(?:must|should|needs?\s+to|has\s+to|have\s+to|will\s+need\s+to|ought\s+to)\s+${DONE}\s+(?:in\s+)?(?:first\b|before\s+(?:this|we|starting|work|it|that)\b)`,
  "iu",
);
const HOLDS_THIS =
  /^\s*[(–—-]?\s*(?:(?:is|are)\s+)?(?:(?:currently|still|also)\s+)?(?:blocks|blocking|gates|an?\s+(?:hard\s+)?(?:pre-?requisite|blocker|dependency|precondition)\s+(?:for|of|to))\s+this\b|^\s+(?:is|are)\s+(?:an?\s+|the\s+)?(?:hard\s+)?(?:pre-?requisites?|blockers?)\s*(?:[.,;)]|$)/iu;
const WAITS_FOR_THIS = new RegExp(
  String.raw`^\s*[(–—-]?\s*(?:(?:is|are)\s+)?(?:(?:currently|still|also)\s+)?(?:${WAITS}|requires?|needs?)\s+this\b|^\s+(?:(?:must|should|will|needs?\s+to|has\s+to|have\s+to|(?:can|may)\s+only)\s+${DONE}|comes|goes|lands)\s+after\s+this(?:\s+(?:issue|one|pr|mr|task|ticket|story|work|change))?\s*(?:$|[.,;)])`,
  "iu",
);

/**
 * Reads sentences that say in so many words which issue waits for which. Only words right beside a reference count:
 * where a sentence leaves room for doubt it says nothing. `subject`: whom the sentences are about where they name
 * nobody; `inherited`: the same for what the line says about the reference it begins with.
 */
export function readProse(line: string, subject: Side, inherited = subject): readonly Relation[] {
  if (!NAMES_ISSUE.test(line)) return [];
  const relations: Relation[] = [];
  const sentences = writeOutAddresses(line).split(
    /(?<=(?<!\b(?:e\.g|i\.e|cf|vs|resp))[.!?])\s+(?=[^\p{Ll}])|;\s+|。/u,
  );
  for (const sentence of sentences) {
    if (sentence.length > SENTENCE_MAX || /\?\s*$/u.test(sentence)) continue;
    relations.push(...readSentence(sentence, subject, inherited));
  }
  return relations;
}

function readSentence(sentence: string, subject: Side, inherited: Side): readonly Relation[] {
  const relations: Relation[] = [];
  const groups = referenceGroups(sentence);
  const leading = /\p{L}/u.test(sentence.slice(0, groups[0]?.start)) ? -1 : groups[0]?.start;
  for (const [index, group] of groups.entries()) {
    if (isQuoted(sentence, group.start)) continue;
    const earlier = groups[index - 1];
    const from = earlier?.end ?? 0;
    const before = sentence.slice(Math.max(from, group.start - WINDOW), group.start);
    const after = sentence.slice(group.end, groups[index + 1]?.start).slice(0, WINDOW);
    const relation =
      (earlier === undefined ? null : readBetween(sentence, groups, index)) ??
      readBeside(
        before,
        after,
        group,
        group.start === leading ? inherited : subjectAt(sentence, groups, index, subject),
      );
    if (relation !== null) relations.push(relation);
  }
  return relations;
}

/** In quotation marks or code: somebody's words, or an example. */
function isQuoted(sentence: string, at: number): boolean {
  const before = sentence.slice(0, at);
  const marks = before.split('"').length + before.split(/[“”]/u).length;
  return (marks + before.split(CODE_MARK).length) % 2 === 0;
}

/** `#12 depends on #11`, `#11 should land before #12` */
function readBetween(
  sentence: string,
  groups: readonly ReferenceGroup[],
  index: number,
): Relation | null {
  const [left, right] = [groups[index - 1], groups[index]];
  if (left === undefined || right === undefined) return null;
  const words = sentence.slice(left.end, right.start);
  if (words.length > WINDOW) return null;
  const between = words.replace(FILL_END, "");
  const lead = sentence.slice(0, left.start);
  if (UNREAL.test(lead.slice(-WINDOW))) return null;
  const forward = { dependents: left.targets, blockers: right.targets };
  const backward = { dependents: right.targets, blockers: left.targets };
  if (FORWARD.test(between)) return forward;
  if (BACKWARD.test(between)) return backward;
  const bare = !/\p{L}/u.test(lead) || saysOrder(lead) || index > 1 || TASK_END.test(lead);
  if (!bare) return null;
  if (BARE_AFTER.test(between)) {
    return /^\s*(?:$|[).,;])/u.test(sentence.slice(right.end)) ? forward : null;
  }
  return BARE_BEFORE.test(between) ? backward : null;
}

/** Who the words in front of a reference are about; null where nobody can tell. */
function subjectAt(
  sentence: string,
  groups: readonly ReferenceGroup[],
  index: number,
  subject: Side,
): Side | null {
  const [first] = groups;
  if (index === 0 || first === undefined) return subject;
  const leads = !/\p{L}/u.test(
    sentence.slice(0, first.start).replace(/\b(?:prs?|issues?|tasks?)\b/giu, ""),
  );
  return leads ? first.targets : null;
}

function readBeside(
  words: string,
  after: string,
  group: ReferenceGroup,
  subject: Side | null,
): Relation | null {
  const before = words.replace(FILL_END, "");
  const who = subject ?? "self";
  const waits: Relation = { dependents: who, blockers: group.targets };
  const holds: Relation = { dependents: group.targets, blockers: who };
  if (NOT_BEFORE.test(words)) return waits;
  if (subject !== null && CONDITION.test(before) && THEN_THIS.test(after)) return waits;
  if (
    UNREAL.test(
      words
        .slice(-60)
        .split(/[,;:(]/u)
        .at(-1) ?? "",
    )
  )
    return null;
  const named = subject !== null && subject !== "self";
  const asked = WAITS_END.exec(before);
  if (asked !== null) {
    const lead = leadOf(before, asked);
    return SELF_END.test(lead) || (subject !== null && CLAUSE_END.test(lead)) ? waits : null;
  }
  const needed = NEEDS_END.exec(before);
  if (needed !== null) {
    const lead = leadOf(before, needed);
    const sure = SELF_END.test(lead) || (TO_BE_DONE.test(after) && CLAUSE_END.test(lead));
    return sure ? waits : null;
  }
  if (MUST_PRECEDE.test(words)) {
    const [lead = ""] = words.split(/\b(?:should|must|ha(?:s|ve)|needs?|ought)\b/iu, 1);
    return lead.trim() === "" || SELF_END.test(lead) || named ? holds : null;
  }
  if (ONLY_AFTER.test(words)) return waits;
  if (DO_FIRST.test(words) && /^\s+(?:first\b|before\s+(?:merging\s+)?this\b)/iu.test(after))
    return waits;
  return readAfter(before, after, { waits, holds }, named);
}

function readAfter(
  before: string,
  after: string,
  { waits, holds }: { readonly waits: Relation; readonly holds: Relation },
  named: boolean,
): Relation | null {
  const held = BLOCKS_END.exec(before);
  if (held !== null) {
    return SELF_END.test(leadOf(before, held)) || named ? holds : null;
  }
  if (GOES_FIRST.test(after) || HOLDS_THIS.test(after)) return waits;
  return WAITS_FOR_THIS.test(after) ? holds : null;
}

/** What stands in front of the words that a pattern has found. */
function leadOf(words: string, match: RegExpExecArray): string {
  return words.slice(0, match.index + match[0].indexOf(match[1] ?? ""));
}
