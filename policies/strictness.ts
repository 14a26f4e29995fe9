// Whether a changed policy is provably at least as strict as it was, from the shape of its conditions alone: sound, not complete.
// What cannot be proven counts as "may allow more".
import type { Expr, PolicyJson } from '@cedar-policy/cedar-wasm/nodejs';

export type Strictness = 'same' | 'stricter' | 'may-allow-more';

/** `before` undefined: added. `after` undefined: removed. */
export function strictnessOf(change: { before?: PolicyJson | undefined; after?: PolicyJson | undefined }): Strictness {
  const { before, after } = change;
  if (before === undefined) return after?.effect === 'permit' ? 'may-allow-more' : 'stricter';
  if (after === undefined) return before.effect === 'permit' ? 'stricter' : 'may-allow-more';
  if (before.effect !== after.effect) return after.effect === 'forbid' ? 'stricter' : 'may-allow-more';
  if (!isSame(scopeOf(before), scopeOf(after))) return 'may-allow-more';
  const [was, is] = [applies(before), applies(after)];
  if (isSame(was, is)) return 'same';
  const isStricter = after.effect === 'forbid' ? implies(was, is) : implies(is, was);
  return isStricter ? 'stricter' : 'may-allow-more';
}

type Node = Expr | true;

function scopeOf({ principal, action, resource }: PolicyJson) {
  return { principal, action, resource };
}

/** One expression that is true exactly when the policy applies: every `when`, and no `unless`. */
function applies({ conditions }: PolicyJson): Node {
  const bodies = conditions.map(({ kind, body }): Expr => (kind === 'when' ? body : ({ '!': { arg: body } } as Expr)));
  return bodies.length === 0 ? true : bodies.reduce((left, right) => ({ '&&': { left, right } }) as Expr);
}

/** True only if `right` holds wherever `left` does. */
function implies(left: Node, right: Node): boolean {
  if (right === true || isSame(left, right)) return true;
  if (left === true) return false;
  const both = operands(right, '&&');
  if (both) return implies(left, both.left) && implies(left, both.right);
  const oneOf = operands(left, '||');
  if (oneOf) return implies(oneOf.left, right) && implies(oneOf.right, right);
  return impliesByPart(left, right) || impliesNegated(left, right) || impliesByNumber(left, right);
}

function impliesByPart(left: Expr, right: Expr): boolean {
  const both = operands(left, '&&');
  if (both && (implies(both.left, right) || implies(both.right, right))) return true;
  const oneOf = operands(right, '||');
  return oneOf !== undefined && (implies(left, oneOf.left) || implies(left, oneOf.right));
}

function impliesNegated(left: Expr, right: Expr): boolean {
  const [was, is] = [negated(left), negated(right)];
  return was !== undefined && is !== undefined && implies(is, was);
}

const COMPARISONS = ['<', '<=', '>', '>='] as const;

/** x < 50 implies x < 100; x >= 100 implies x >= 50. */
function impliesByNumber(left: Expr, right: Expr): boolean {
  return COMPARISONS.some((operator) => {
    const [was, is] = [operands(left, operator), operands(right, operator)];
    if (was === undefined || is === undefined || !isSame(was.left, is.left)) return false;
    const [from, to] = [numberOf(was.right), numberOf(is.right)];
    if (from === undefined || to === undefined) return false;
    return operator.startsWith('<') ? from <= to : from >= to;
  });
}

function operands(expression: Expr, operator: string): { left: Expr; right: Expr } | undefined {
  return (expression as Record<string, { left: Expr; right: Expr }>)[operator];
}

function negated(expression: Expr): Expr | undefined {
  return (expression as Record<string, { arg: Expr }>)['!']?.arg;
}

function numberOf(expression: Expr): number | undefined {
  const value = (expression as { Value?: unknown }).Value;
  return typeof value === 'number' ? value : undefined;
}

function isSame(left: unknown, right: unknown): boolean {
  return JSON.stringify(left) === JSON.stringify(right);
}
