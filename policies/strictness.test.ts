// A raised bound is stricter, a lowered one may allow more, and whatever the shape does not prove counts as allowing more.

import { policyToJson } from '@cedar-policy/cedar-wasm/nodejs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { strictnessOf } from './strictness.ts';

function json(effect: 'permit' | 'forbid', conditions: string) {
  const text = `@id("x") ${effect} (principal, action in Action::"any release", resource) ${conditions};`;
  const answer = policyToJson(text);
  if (answer.type === 'failure') throw new Error(answer.errors.map(({ message }) => message).join());
  return answer.json;
}

const FLOOR = 'unless { context.threshold >= 50 }';

describe('a forbid', () => {
  it.each([
    ['a raised bound', FLOOR, 'unless { context.threshold >= 100 }', 'stricter'],
    ['a lowered bound', FLOOR, 'unless { context.threshold >= 40 }', 'may-allow-more'],
    ['a lowered bound of when', 'when { context.persons < 50 }', 'when { context.persons < 40 }', 'may-allow-more'],
    ['a raised bound of when', 'when { context.persons < 50 }', 'when { context.persons < 60 }', 'stricter'],
    ['one more thing asked for', FLOOR, 'unless { context.threshold >= 50 && context.persons >= 9 }', 'stricter'],
    ['a way round', FLOOR, 'unless { context.threshold >= 50 || context.persons == 7 }', 'may-allow-more'],
    [
      'another reason to forbid',
      'when { context.persons < 5 }',
      'when { context.persons < 5 || context.x }',
      'stricter',
    ],
    [
      'an exception',
      'when { context.persons < 5 }',
      'when { context.persons < 5 } unless { context.x }',
      'may-allow-more',
    ],
    ['no condition at all', FLOOR, '', 'stricter'],
    ['another attribute', FLOOR, 'unless { context.persons >= 100 }', 'may-allow-more'],
    ['the same', FLOOR, FLOOR, 'same'],
  ])('%s', (_, before, after, expected) => {
    expect(strictnessOf({ before: json('forbid', before), after: json('forbid', after) })).toBe(expected);
  });

  it('that goes may allow more; one that comes is stricter', () => {
    expect(strictnessOf({ before: json('forbid', FLOOR) })).toBe('may-allow-more');
    expect(strictnessOf({ after: json('forbid', FLOOR) })).toBe('stricter');
  });

  it('that becomes a permit may allow more', () => {
    expect(strictnessOf({ before: json('forbid', FLOOR), after: json('permit', FLOOR) })).toBe('may-allow-more');
  });
});

describe('a permit', () => {
  it('is stricter with one more condition, and gone', () => {
    const before = json('permit', 'when { context.a }');
    expect(strictnessOf({ before, after: json('permit', 'when { context.a && context.b }') })).toBe('stricter');
    expect(strictnessOf({ before })).toBe('stricter');
    expect(strictnessOf({ before, after: json('permit', '') })).toBe('may-allow-more');
    expect(strictnessOf({ after: before })).toBe('may-allow-more');
  });
});

// Boolean conditions over three facts and one number, small enough to try every case.
const condition = fc.letrec<{ any: string }>((tie) => ({
  any: fc.oneof(
    { maxDepth: 3 },
    fc.constantFrom('context.a', 'context.b', 'context.c'),
    fc.integer({ min: 0, max: 3 }).map((bound) => `context.n >= ${bound}`),
    fc.integer({ min: 0, max: 3 }).map((bound) => `context.n < ${bound}`),
    fc.tuple(tie('any'), tie('any')).map(([left, right]) => `(${left} && ${right})`),
    fc.tuple(tie('any'), tie('any')).map(([left, right]) => `(${left} || ${right})`),
    tie('any').map((inner) => `!(${inner})`),
  ),
})).any;

function truth(text: string, facts: { a: boolean; b: boolean; c: boolean; n: number }): boolean {
  return Boolean(new Function('context', `return ${text}`)(facts));
}

const CASES = [false, true].flatMap((a) =>
  [false, true].flatMap((b) => [false, true].flatMap((c) => [-1, 0, 1, 2, 3].map((n) => ({ a, b, c, n })))),
);

it('calls no change stricter that forbids less in any case', () => {
  let proven = 0;
  fc.assert(
    fc.property(condition, condition, fc.boolean(), (before, extra, isConjunction) => {
      const after = isConjunction ? `(${before} || ${extra})` : extra;
      const change = { before: json('forbid', `when { ${before} }`), after: json('forbid', `when { ${after} }`) };
      if (strictnessOf(change) === 'may-allow-more') return;
      proven++;
      for (const facts of CASES) if (truth(before, facts)) expect(truth(after, facts)).toBe(true);
    }),
    { numRuns: 2000 },
  );
  expect(proven).toBeGreaterThan(500);
});
