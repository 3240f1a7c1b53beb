import type {
  DispatchDocument,
  DocumentGroup,
  DocumentItem,
  DocumentWave,
} from "../../../core/plan/dispatch-plan-document.ts";
import type { DispatchPlan } from "../../../core/plan/dispatch-plan.ts";
import type { IssueType, Priority, SourceKind } from "../../../core/plan/issue.ts";
import { Defects, Fields } from "./yaml-fields.ts";
import type { YamlTree } from "./yaml-tree.ts";

const TOP = [
  "version",
  "milestone",
  "source",
  "conflict_groups",
  "waves",
  "quality_gates",
  "gaps",
] as const;
const MILESTONE = ["number", "title", "integration_branch"];
const SOURCE = ["kind", "reference", "fingerprint"];
const GROUP = ["group_id", "reason", "items"];
const WAVE = ["wave", "parallel", "items"];
const GATES = ["pre_merge", "post_merge"];
const PROPOSED = ["splits", "gaps"];
const ITEM = [
  "title",
  "issue",
  "key",
  "priority",
  "conflict_group",
  "depends_on",
  "soft_after",
  "type",
  "done",
  "closed",
  "groomed",
  "body",
  "files",
  "labels",
  "acceptance",
  "minutes",
  "phase",
  "parent",
  "fingerprint",
  "proposed",
];

// Spelled out for the compiler: a kind that is added has to be added here.
const KINDS: Readonly<Record<SourceKind, true>> = {
  markdown: true,
  json: true,
  folder: true,
  dispatch: true,
  "spec-kit": true,
  "task-master": true,
  beads: true,
  github: true,
};
const SOURCE_KINDS = Object.keys(KINDS).filter((kind): kind is SourceKind => kind in KINDS);
const PRIORITIES: readonly Priority[] = ["P0", "P1", "P2"];
const TYPES: readonly IssueType[] = ["CODING", "VALIDATION", "RESEARCH", "MIXED"];
const ENDS = ["not-planned", "duplicate"] as const;

/** True for a mapping that has what only a dispatch plan has. */
export function isDispatchTree(tree: YamlTree | null): tree is YamlTree {
  if (tree?.kind !== "map") return false;
  const names = new Set(tree.entries.map(({ name }) => name.replaceAll("-", "_")));
  return names.has("waves") || (names.has("milestone") && names.has("conflict_groups"));
}

/** Reads a dispatch plan out of its tree. Never throws: every defect is a finding. */
export function readDocument(file: string, tree: YamlTree): DispatchDocument {
  const defects = new Defects();
  const top = new Fields(tree, "a dispatch plan", TOP, defects);
  if (top.has("version") && top.count("version", 1) !== 1) {
    const place = top.value("version")?.place ?? top.place;
    const hint = "Use a newer Cairn, or write the plan again with `cairn plan SOURCE --output`.";
    defects.add("dispatch/version", place, "Only version 1 of dispatch plans is known.", hint);
  }
  const milestone = fieldsOf(top, "milestone", MILESTONE, defects);
  const gates = fieldsOf(top, "quality_gates", GATES, defects);
  return {
    file,
    milestone: {
      number: milestone?.text("number") ?? null,
      title: milestone?.text("title") ?? null,
      integrationBranch: milestone?.text("integration_branch") ?? null,
    },
    source: readSource(top, defects),
    groups: top.list("conflict_groups").flatMap((group) => readGroup(group, defects) ?? []),
    hasGroups: top.has("conflict_groups"),
    waves: top.list("waves").map((wave) => readWave(wave, defects)),
    gates: {
      preMerge: gates?.textList("pre_merge") ?? [],
      postMerge: gates?.textList("post_merge") ?? [],
    },
    gaps: top.textList("gaps"),
    findings: defects.findings,
  };
}

function fieldsOf(
  parent: Fields,
  name: string,
  names: readonly string[],
  defects: Defects,
): Fields | null {
  const value = parent.value(name);
  return value === null ? null : new Fields(value, `\`${name}\``, names, defects);
}

function readSource(top: Fields, defects: Defects): DispatchPlan["source"] {
  const source = fieldsOf(top, "source", SOURCE, defects);
  if (source === null) return null;
  const kind = source.choice("kind", SOURCE_KINDS);
  const reference = source.text("reference");
  const isItself = kind === "dispatch" || /\.ya?ml$/iu.test(reference ?? "");
  if (isItself) {
    const hint = "Name the plan or the list of issues that it was made of, or leave `source` out.";
    const message = "A dispatch plan cannot be the source of another one.";
    defects.add("dispatch/source", source.place, message, hint);
    return null;
  }
  if (kind !== null && reference !== null)
    return { kind, reference, fingerprint: source.text("fingerprint") };
  const hint = "Write both, for example `kind: markdown` and `reference: docs/M4_workers.md`.";
  const message = "`source` needs a `kind` and a `reference`.";
  defects.add("dispatch/source", source.place, message, hint);
  return null;
}

function readGroup(tree: YamlTree, defects: Defects): DocumentGroup | null {
  const group = new Fields(tree, "a conflict group", GROUP, defects);
  const items = group.wordedList("items");
  const id = group.worded("group_id");
  if (id !== null)
    return { id: id.text, reason: group.text("reason") ?? "", items, place: id.place };
  if (tree.kind === "map") {
    const hint = "Give it a short name that the items can use: `group_id: auth`.";
    defects.add("dispatch/bad-value", group.place, "A conflict group has no `group_id`.", hint);
  }
  return null;
}

function readWave(tree: YamlTree, defects: Defects): DocumentWave {
  const wave = new Fields(tree, "a wave", WAVE, defects);
  return {
    number: wave.count("wave", 0),
    parallel: wave.flag("parallel") ?? true,
    items: wave.list("items").flatMap((item) => readItem(item, defects) ?? []),
    place: wave.place,
  };
}

function readItem(tree: YamlTree, defects: Defects): DocumentItem | null {
  const item = new Fields(tree, "an item", ITEM, defects);
  if (tree.kind !== "map") return null;
  const issue = nameOf(item, "issue", defects);
  const key = nameOf(item, "key", defects);
  const title = item.text("title");
  if (issue === null && key === null) {
    const hint = "Write the number or the key of the issue: `issue: 153`.";
    defects.add("dispatch/bad-value", item.place, "An item has no `issue`.", hint);
    return null;
  }
  const proposed = fieldsOf(item, "proposed", PROPOSED, defects);
  const isDone = item.flag("done") === true;
  return {
    issue,
    key,
    title: title ?? (issue ?? key)?.text ?? "",
    priority: item.choice("priority", PRIORITIES),
    group: item.worded("conflict_group"),
    after: item.wordedList("depends_on"),
    softAfter: item.wordedList("soft_after"),
    closedAs: isDone ? "completed" : item.choice("closed", ENDS),
    body: item.text("body") ?? "",
    type: item.choice("type", TYPES) ?? "CODING",
    files: item.textList("files"),
    labels: item.textList("labels"),
    acceptance: item.textList("acceptance"),
    minutes: item.count("minutes", 1),
    phase: item.text("phase"),
    parent: item.text("parent"),
    groomed: item.flag("groomed"),
    fingerprint: item.text("fingerprint"),
    proposed: {
      splits: proposed?.textList("splits") ?? [],
      gaps: proposed?.textList("gaps") ?? [],
    },
    place: item.place,
  };
}

/** A number or a key: one word, as other texts may name it. */
function nameOf(item: Fields, name: string, defects: Defects): DocumentItem["issue"] {
  const written = item.worded(name);
  if (written === null) return null;
  const text = written.text.trim();
  if (/^[^\s,]{1,100}$/u.test(text)) return { ...written, text };
  const hint = "Write a number as `153`, or one word without blanks and commas as `4.2`.";
  const message = `\`${name}\` names no issue: it must be a number or one word.`;
  defects.add("dispatch/bad-value", written.place, message, hint);
  return null;
}
