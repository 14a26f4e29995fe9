// Rules of the difference that an approver sees: nothing is left out of it, and what is drawn is what is hashed.
import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type Change, differenceOf, hashOfShown, lineDifference } from './difference.ts';

const change = (of: Partial<Change>): Change => ({ pointer: '/rule', before: null, after: null, text: '', ...of });

describe('a difference', () => {
  test('of words says which come and which go', () => {
    const found = differenceOf(
      change({ pointer: '/activation/destinations', before: ['xandr', 'meta'], after: ['xandr', 'file'] }),
    );
    expect(found).toEqual({
      path: ['activation', 'destinations'],
      kind: 'changed',
      form: 'words',
      kept: ['xandr'],
      added: ['file'],
      gone: ['meta'],
    });
  });

  test('of words where there were none is all added', () => {
    expect(differenceOf(change({ after: ['overlap'] }))).toMatchObject({ kind: 'added', added: ['overlap'], gone: [] });
  });

  test('of a value shows both sides', () => {
    expect(differenceOf(change({ before: 50, after: 100 }))).toMatchObject({
      ...{ form: 'value', kind: 'changed', before: '50', after: '100' },
    });
    expect(differenceOf(change({ before: true, after: null }))).toMatchObject({
      ...{ form: 'value', kind: 'removed', before: 'true', after: undefined },
    });
  });

  test('of a text of many lines shows the lines', () => {
    const found = differenceOf(change({ before: 'forbid\nwhen a', after: 'forbid\nwhen b' }));
    expect(found).toMatchObject({
      lines: [
        { sign: ' ', text: 'forbid' },
        { sign: '-', text: 'when a' },
        { sign: '+', text: 'when b' },
      ],
    });
  });

  test('is placed by a pointer with its signs undone', () => {
    expect(differenceOf(change({ pointer: '/a~1b/c~0d' })).path).toEqual(['a/b', 'c~d']);
  });
});

test('the lines of both texts can be read out of their difference, whole and in order', () => {
  const text = fc.array(fc.constantFrom('a', 'b', 'c', 'd')).map((lines) => lines.join('\n'));
  fc.assert(
    fc.property(text, text, (before, after) => {
      const lines = lineDifference(before, after);
      const side = (gone: string) =>
        lines
          .filter(({ sign }) => sign !== gone)
          .map((line) => line.text)
          .join('\n');
      expect(side('+')).toBe(before);
      expect(side('-')).toBe(after);
    }),
  );
});

test('what is shown is hashed as RFC 8785 writes it', () => {
  const shown = {
    summary: 'Deliver “winter” — déjà',
    asked_by: 'mem_1',
    asked_at: '2026-07-01T08:00:00.000Z',
    changes: [],
    proposed: { z: 1, a: null },
    decisions: [],
    forecast: null,
    basis_hash: 'a'.repeat(64),
  };
  const text =
    '{"asked_at":"2026-07-01T08:00:00.000Z","asked_by":"mem_1","basis_hash":"' +
    `${'a'.repeat(64)}","changes":[],"decisions":[],"forecast":null,"proposed":{"a":null,"z":1},"summary":"Deliver “winter” — déjà"}`;
  expect(hashOfShown(shown)).toBe(createHash('sha256').update(text).digest('hex'));
  expect(hashOfShown({ ...shown, summary: 'another' })).not.toBe(hashOfShown(shown));
});
