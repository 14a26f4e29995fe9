// A segment while it is being built: a tree whose every node has an id that stays, so that the focus stays too. Pure: each change gives a
// new tree. It becomes an expression of the contract once no criterion is missing anything.
import type { Criterion } from '../../../../openapi/generated/api.ts';

export type GroupKind = 'and' | 'or' | 'except';

export interface Group {
  readonly id: number;
  readonly kind: GroupKind;
  /** Of `except` always two: whom to keep, and whom to leave out of them. */
  readonly children: readonly Node[];
}

export interface Leaf {
  readonly id: number;
  readonly kind: 'criterion';
  /** `alias.attribute`; empty until chosen. */
  readonly name: string;
  readonly operator: Operator;
  /** As typed; of `in` the labels that were ticked. */
  readonly value: string;
  readonly values: readonly string[];
}

export type Node = Group | Leaf;
export type Operator = '<' | '<=' | '>' | '>=' | '=' | '!=' | 'in' | 'is-true' | 'is-known';
export type Expression = Record<string, unknown>;

let lastId = 0;
const nextId = (): number => ++lastId;

export function emptyLeaf(): Leaf {
  return { id: nextId(), kind: 'criterion', name: '', operator: '=', value: '', values: [] };
}

export function emptyGroup(kind: GroupKind = 'and'): Group {
  const children = kind === 'except' ? [emptyGroup(), emptyGroup()] : [emptyLeaf()];
  return { id: nextId(), kind, children };
}

/** The tree with this node changed; `undefined` takes it out. A group that would be empty keeps an empty criterion. */
export function changeNode(root: Group, id: number, change: (node: Node) => Node | undefined): Group {
  if (root.id === id) {
    const changed = change(root);
    return changed === undefined || changed.kind === 'criterion' ? emptyGroup() : changed;
  }
  const children = root.children.flatMap((child): Node[] => {
    if (child.id === id) {
      const changed = change(child);
      return changed === undefined ? [] : [changed];
    }
    return child.kind === 'criterion' ? [child] : [changeNode(child, id, change)];
  });
  // Whom to keep without whom to leave out, or the other way round, is the one that is there.
  const kind = root.kind === 'except' && children.length < 2 ? 'and' : root.kind;
  return { ...root, kind, children: children.length === 0 ? [emptyLeaf()] : children };
}

export function addTo(root: Group, id: number, added: Node): Group {
  return changeNode(root, id, (node) =>
    node.kind === 'criterion' ? node : { ...node, children: [...node.children, added] },
  );
}

/** One place up or down among its siblings; at the end it stays. */
export function moveNode(root: Group, id: number, by: -1 | 1): Group {
  const from = root.children.findIndex((child) => child.id === id);
  if (from === -1) {
    const children = root.children.map((child) => (child.kind === 'criterion' ? child : moveNode(child, id, by)));
    return { ...root, children };
  }
  const to = from + by;
  if (to < 0 || to >= root.children.length) return root;
  const children = [...root.children];
  [children[from], children[to]] = [children[to]!, children[from]!];
  return { ...root, children };
}

/** Another kind of group of the same members; from and to `except` they move together. */
export function changeKind(group: Group, kind: GroupKind): Group {
  if (group.kind === kind) return group;
  if (kind === 'except') {
    const inner = group.kind === 'except' ? 'and' : group.kind;
    return { id: group.id, kind, children: [{ id: nextId(), kind: inner, children: group.children }, emptyGroup()] };
  }
  if (group.kind === 'except') {
    const children = group.children.flatMap((child) =>
      child.kind === 'and' || child.kind === kind ? child.children : child,
    );
    return { id: group.id, kind, children };
  }
  return { ...group, kind };
}

/** undefined while a criterion is missing something. A group of one is that one. */
export function expressionOf(node: Node, criteria: readonly Criterion[]): Expression | undefined {
  if (node.kind === 'criterion') return criterionOf(node, criteria);
  const children = node.children.map((child) => expressionOf(child, criteria));
  if (children.some((child) => child === undefined)) return undefined;
  return children.length === 1 ? children[0] : { [node.kind]: children };
}

export function findCriterion(criteria: readonly Criterion[], name: string): Criterion | undefined {
  return criteria.find((criterion) => nameOf(criterion) === name);
}

export function nameOf({ source, attribute }: Pick<Criterion, 'source' | 'attribute'>): string {
  return `${source}.${attribute}`;
}

function criterionOf(leaf: Leaf, criteria: readonly Criterion[]): Expression | undefined {
  const found = findCriterion(criteria, leaf.name);
  if (found === undefined) return undefined;
  const { source, attribute, kind } = found;
  const { operator } = leaf;
  if (operator === 'is-true' || operator === 'is-known') return { criterion: { source, attribute, operator } };
  const value = operator === 'in' ? valuesOf(leaf, kind) : typedValue(leaf.value, kind);
  return value === undefined ? undefined : { criterion: { source, attribute, operator, value } };
}

function valuesOf(leaf: Leaf, kind: Criterion['kind']): (string | number | boolean)[] | undefined {
  const given = leaf.values.length > 0 ? leaf.values : leaf.value.split(',').filter((part) => part.trim() !== '');
  const values = given.map((text) => typedValue(text, kind));
  return values.length === 0 || values.some((value) => value === undefined) ? undefined : (values as string[]);
}

function typedValue(text: string, kind: Criterion['kind']): string | number | boolean | undefined {
  const trimmed = text.trim();
  if (trimmed === '') return undefined;
  if (kind === 'boolean') return trimmed === 'true';
  if (kind !== 'number') return trimmed;
  return Number.isFinite(Number(trimmed)) ? Number(trimmed) : undefined;
}
