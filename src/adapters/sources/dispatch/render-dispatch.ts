import { Document, isCollection, Scalar } from "yaml";
import type { DispatchItem, DispatchPlan, DispatchWave } from "../../../core/plan/dispatch-plan.ts";

const HEADER = ` Dispatch plan: what waits for what, and what never runs at the same time.
 Change what you know better; \`cairn plan\` with this file says whether it still fits, \`cairn run\` works on it.`;

/** The same plan always gives the same text; read again it gives the same plan. */
export function renderDispatch(plan: DispatchPlan): string {
  const writing = new Writing(plan);
  const { milestone, source, conflictGroups, gates, gaps } = plan;
  const document = writing.document;
  const contents = document.createNode({
    version: 1,
    milestone: present({
      number: milestone.number === "" ? null : numeral(milestone.number),
      title: milestone.title === "" ? null : text(milestone.title),
      integration_branch: milestone.integrationBranch,
    }),
    ...present({ source: source === null ? null : present({ ...source }) }),
    // Also where there are none: that is decided too.
    conflict_groups: conflictGroups.map(({ id, reason, keys }) => ({
      group_id: text(id),
      reason: text(reason),
      items: writing.row(keys.map((key) => writing.name(key))),
    })),
    waves: plan.waves.map((wave, index) => writing.wave(wave, index)),
    quality_gates: {
      pre_merge: gates.preMerge.map(text),
      post_merge: gates.postMerge.map(text),
    },
    ...(gaps.length === 0 ? {} : { gaps: gaps.map(text) }),
  });
  document.contents = contents;
  for (const { key } of contents.items.slice(1)) if (key instanceof Scalar) key.spaceBefore = true;
  document.commentBefore = HEADER;
  return document.toString({ lineWidth: 0, flowCollectionPadding: false });
}

class Writing {
  readonly document = new Document<ReturnType<Document["createNode"]>>();
  readonly #plan: DispatchPlan;
  /** Keys `#153` for which `153` means the same. */
  readonly #short: ReadonlySet<string>;

  constructor(plan: DispatchPlan) {
    this.#plan = plan;
    const items = plan.waves.flatMap((wave) => wave.items);
    const keys = new Set(items.map(({ key }) => key.toLowerCase()));
    const numbers = Map.groupBy(items, ({ number }) => number);
    this.#short = new Set(
      items.flatMap(({ key, number }) =>
        key === `#${number}` && !keys.has(number) && numbers.get(number)?.length === 1 ? [key] : [],
      ),
    );
  }

  /** A list on one line. */
  row(values: readonly unknown[]): unknown {
    const node = this.document.createNode(values);
    if (isCollection(node)) node.flow = true;
    return node;
  }

  name(key: string): unknown {
    return this.#short.has(key) ? numeral(key.slice(1)) : text(key);
  }

  wave({ parallel, items }: DispatchWave, index: number): unknown {
    return { wave: index + 1, parallel, items: items.map((item) => this.#item(item)) };
  }

  #item(item: DispatchItem): unknown {
    const hasTruth = this.#plan.source !== null;
    const { splits, gaps } = item.proposed;
    return present({
      title: text(item.title),
      ...nameFields(item),
      priority: item.priority,
      conflict_group: item.group === null ? null : text(item.group),
      type: hasTruth || item.type === "CODING" ? null : item.type,
      depends_on: this.row(item.after.map((key) => this.name(key))),
      soft_after:
        item.softAfter.length === 0 ? null : this.row(item.softAfter.map((key) => this.name(key))),
      done: item.closedAs === "completed" ? true : null,
      closed: item.closedAs === "completed" ? null : item.closedAs,
      groomed: item.groomed,
      phase: item.phase === null ? null : text(item.phase),
      parent: item.parent === null ? null : text(item.parent),
      minutes: item.minutes,
      files: some(item.files),
      labels: some(item.labels),
      acceptance: some(item.acceptance),
      body: item.body === "" ? null : text(item.body),
      fingerprint: item.fingerprint,
      proposed:
        splits.length + gaps.length === 0
          ? null
          : present({ splits: some(splits), gaps: some(gaps) }),
    });
  }
}

/** `issue: 153` is `#153`, `issue: 4.2` is its own key; what is otherwise has both. */
function nameFields({ key, number }: DispatchItem): Readonly<Record<string, unknown>> {
  const isNumber = /^\d{1,9}$/u.test(number);
  if (isNumber && key === `#${number}`) return { issue: numeral(number) };
  return key === number && !isNumber
    ? { issue: text(key) }
    : { issue: numeral(number), key: text(key) };
}

function numeral(words: string): unknown {
  return /^(?:0|[1-9]\d{0,8})$/u.test(words) ? Number(words) : text(words);
}

function some(texts: readonly string[]): readonly unknown[] | null {
  return texts.length === 0 ? null : texts.map(text);
}

// Line ends that YAML would change, and marks that it does not allow.
const UNSAFE = /[^\P{Cc}\n\t]|[\u0085\u2028\u2029\uFEFF]|\p{Cs}/u;

function text(words: string): unknown {
  const isOdd = UNSAFE.test(words) || (words.includes("\n") && words.trim() === "");
  if (!isOdd && !words.includes("\n")) return words;
  const scalar = new Scalar(words);
  scalar.type = isOdd ? Scalar.QUOTE_DOUBLE : Scalar.BLOCK_LITERAL;
  return scalar;
}

/** Without what is not there. */
function present(fields: Readonly<Record<string, unknown>>): Readonly<Record<string, unknown>> {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== null));
}
