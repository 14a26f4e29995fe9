// From an expression of the contract back to a tree, to go on building from a kept segment; and what each kind of attribute can be asked.
import type { Criterion } from '../../../../openapi/generated/api.ts';
import {
  type Expression,
  emptyGroup,
  emptyLeaf,
  type Group,
  type Node,
  nameOf,
  type Operator,
} from './segment-tree.ts';

const ORDERED: readonly Operator[] = ['<', '<=', '>', '>=', '=', '!=', 'in', 'is-known'];

export const OPERATORS: Readonly<Record<Criterion['kind'], readonly Operator[]>> = {
  boolean: ['is-true', '=', '!=', 'is-known'],
  category: ['in', '=', '!=', 'is-known'],
  number: ORDERED,
  date: ORDERED,
};

export function firstOperator(kind: Criterion['kind']): Operator {
  return OPERATORS[kind][0]!;
}

/** The root is always a group. */
export function treeOf(expression: Expression): Group {
  const node = nodeOf(expression);
  return node.kind === 'criterion' ? { ...emptyGroup(), children: [node] } : node;
}

function nodeOf(expression: Expression): Node {
  for (const kind of ['and', 'or', 'except'] as const) {
    const members = expression[kind];
    if (!Array.isArray(members)) continue;
    const children = members.map((member) => nodeOf(member as Expression));
    const grouped = children.map((child) =>
      child.kind === 'criterion' ? { ...emptyGroup(), children: [child] } : child,
    );
    return { ...emptyGroup(), kind, children: kind === 'except' ? grouped : children };
  }
  return leafOf(expression.criterion as { source: string; attribute: string; operator: Operator; value?: unknown });
}

function leafOf({
  operator,
  value,
  ...named
}: {
  source: string;
  attribute: string;
  operator: Operator;
  value?: unknown;
}) {
  const values = Array.isArray(value) ? value.map(String) : [];
  return { ...emptyLeaf(), name: nameOf(named), operator, value: values.join(', ') || String(value ?? ''), values };
}
