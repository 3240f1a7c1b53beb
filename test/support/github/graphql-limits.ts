// GitHub counts the nodes a query may return before it runs it: 500,000 at most.
import {
  Kind,
  type DocumentNode,
  type FieldNode,
  type FragmentDefinitionNode,
  type SelectionSetNode,
} from "graphql";

const NODES_MAX = 500_000;

interface Counting {
  readonly fragments: ReadonlyMap<string, FragmentDefinitionNode>;
  readonly variables: Readonly<Record<string, unknown>>;
}

function sizeOf(field: FieldNode, { variables }: Counting): number | null {
  for (const { name, value } of field.arguments ?? []) {
    if (name.value !== "first" && name.value !== "last") continue;
    if (value.kind === Kind.INT) return Number(value.value);
    if (value.kind === Kind.VARIABLE) return Number(variables[value.name.value] ?? 0);
  }
  return null;
}

/** Nodes below a selection that itself is there `times` times. */
function count(set: SelectionSetNode | undefined, times: number, counting: Counting): number {
  let nodes = 0;
  for (const selection of set?.selections ?? []) {
    if (selection.kind === Kind.FIELD) {
      const size = sizeOf(selection, counting);
      const inner = size === null ? times : times * size;
      nodes += (size === null ? 0 : inner) + count(selection.selectionSet, inner, counting);
    } else if (selection.kind === Kind.INLINE_FRAGMENT) {
      nodes += count(selection.selectionSet, times, counting);
    } else {
      const fragment = counting.fragments.get(selection.name.value);
      nodes += count(fragment?.selectionSet, times, counting);
    }
  }
  return nodes;
}

/** Why the service refuses so large a query; null: it does not. */
export function tooLarge(
  document: DocumentNode,
  variables: Readonly<Record<string, unknown>>,
): { readonly type: string; readonly message: string } | null {
  const fragments = new Map(
    document.definitions.flatMap((one) =>
      one.kind === Kind.FRAGMENT_DEFINITION ? [[one.name.value, one] as const] : [],
    ),
  );
  let nodes = 0;
  for (const one of document.definitions)
    if (one.kind === Kind.OPERATION_DEFINITION)
      nodes += count(one.selectionSet, 1, { fragments, variables });
  if (nodes <= NODES_MAX) return null;
  const message = `This query requests up to ${nodes.toLocaleString("en")} possible nodes which exceeds the maximum limit of 500,000.`;
  return { type: "MAX_NODE_LIMIT_EXCEEDED", message };
}
