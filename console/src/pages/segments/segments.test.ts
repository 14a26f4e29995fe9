// A segment while it is built: every change gives a whole tree, what is complete becomes the contract's expression, and it is said as a sentence.
import { beforeAll, describe, expect, test } from 'vitest';
import type { Criterion } from '../../../../openapi/generated/api.ts';
import { en } from '../../i18n/en.ts';
import { fr } from '../../i18n/fr.ts';
import { showCatalogue } from '../../i18n/i18n.ts';
import { treeOf } from './segment-reading.ts';
import { segmentSentence } from './segment-sentence.ts';
import {
  addTo,
  changeKind,
  changeNode,
  type Expression,
  emptyGroup,
  emptyLeaf,
  expressionOf,
  type Group,
  type Leaf,
  moveNode,
} from './segment-tree.ts';

beforeAll(() => showCatalogue(en, 'en'));

const criterion = (source: string, attribute: string, kind: Criterion['kind'], categories: string[] | null = null) =>
  ({
    source,
    attribute,
    kind,
    title: attribute.replace('_', ' '),
    taxonomy: null,
    origin: 'first-party',
    categories,
  }) as const;
const CRITERIA: Criterion[] = [
  criterion('osec', 'last_raincoat', 'date'),
  criterion('osec', 'complaint', 'boolean'),
  criterion('osec', 'spend', 'number'),
  criterion('rando', 'activity', 'category', ['hiking', 'ski']),
];
const leaf = (part: Partial<Leaf>): Leaf => ({ ...emptyLeaf(), ...part });
const HIKING = leaf({ name: 'rando.activity', operator: 'in', values: ['hiking'], value: 'hiking' });
const RAINCOAT = leaf({ name: 'osec.last_raincoat', operator: '<', value: '2025-01-01' });
const COMPLAINT = leaf({ name: 'osec.complaint', operator: 'is-true' });

const KEPT: Expression = {
  and: [
    { criterion: { source: 'osec', attribute: 'last_raincoat', operator: '<', value: '2025-01-01' } },
    { criterion: { source: 'rando', attribute: 'activity', operator: 'in', value: ['hiking'] } },
  ],
};
const HIKERS: Expression = {
  except: [KEPT, { criterion: { source: 'osec', attribute: 'complaint', operator: 'is-true' } }],
};

function groupOf(kind: Group['kind'], ...children: Group['children']): Group {
  return { ...emptyGroup(), kind, children };
}

describe('a tree', () => {
  test('becomes the expression of the contract, groups of one being that one', () => {
    const root = groupOf('except', groupOf('and', RAINCOAT, HIKING), groupOf('and', COMPLAINT));
    expect(expressionOf(root, CRITERIA)).toEqual(HIKERS);
  });

  test('that misses something is no expression yet', () => {
    expect(expressionOf(emptyGroup(), CRITERIA)).toBeUndefined();
    expect(expressionOf(groupOf('and', HIKING, leaf({ name: 'osec.spend', value: 'much' })), CRITERIA)).toBeUndefined();
    expect(expressionOf(groupOf('and', leaf({ name: 'osec.gone', value: '1' })), CRITERIA)).toBeUndefined();
  });

  test('gives numbers as numbers and yes as true', () => {
    const root = groupOf(
      'or',
      leaf({ name: 'osec.spend', operator: '>=', value: '12.5' }),
      leaf({ name: 'osec.complaint', operator: '=', value: 'false' }),
      leaf({ name: 'osec.spend', operator: 'in', value: '1, 2' }),
    );
    const { or } = expressionOf(root, CRITERIA) as { or: { criterion: { value: unknown } }[] };
    expect(or.map((one) => one.criterion.value)).toEqual([12.5, false, [1, 2]]);
  });

  test('is read back from an expression as it was', () => {
    expect(expressionOf(treeOf(HIKERS), CRITERIA)).toEqual(HIKERS);
  });

  test('keeps an empty criterion where the last one was taken out', () => {
    const root = groupOf('and', HIKING);
    const emptied = changeNode(root, HIKING.id, () => undefined);
    expect(emptied.children).toMatchObject([{ kind: 'criterion', name: '' }]);
  });

  test('without one side of an exception is the other side', () => {
    const drop = groupOf('and', COMPLAINT);
    const root = groupOf('except', groupOf('and', RAINCOAT, HIKING), drop);
    const left = changeNode(root, drop.id, () => undefined);
    expect(left.kind).toBe('and');
    expect(expressionOf(left, CRITERIA)).toEqual(KEPT);
  });

  test('moves a member by one and no further than the end', () => {
    const root = groupOf('and', RAINCOAT, HIKING);
    expect(moveNode(root, HIKING.id, -1).children).toEqual([HIKING, RAINCOAT]);
    expect(moveNode(root, HIKING.id, 1).children).toEqual([RAINCOAT, HIKING]);
    const nested = groupOf('or', COMPLAINT, root);
    expect(moveNode(nested, HIKING.id, -1).children[1]).toMatchObject({ children: [HIKING, RAINCOAT] });
  });

  test('loses no member when a group becomes an exception and back', () => {
    const root = groupOf('and', RAINCOAT, HIKING);
    const exception = changeKind(root, 'except');
    expect(exception.children[0]).toMatchObject({ kind: 'and', children: [RAINCOAT, HIKING] });
    expect(exception.children).toHaveLength(2);
    expect(changeKind(exception, 'and').children.slice(0, 2)).toEqual([RAINCOAT, HIKING]);
    expect(addTo(root, root.id, COMPLAINT).children).toHaveLength(3);
  });
});

describe('the sentence', () => {
  test('says groups in order, with brackets where they nest', () => {
    expect(segmentSentence(HIKERS, CRITERIA)).toBe(
      '(last raincoat before 1 Jan 2025 and activity is hiking), except complaint',
    );
  });

  test('is in the language of the reader', () => {
    showCatalogue(fr, 'fr');
    expect(segmentSentence(HIKERS, CRITERIA)).toBe(
      '(last raincoat avant le 1 janv. 2025 et activity est hiking), sauf complaint',
    );
    showCatalogue(en, 'en');
  });

  test('tells every comparison apart', () => {
    const say = (operator: string, value: unknown) =>
      segmentSentence({ criterion: { source: 'osec', attribute: 'spend', operator, value } }, CRITERIA);
    const said = ['<', '<=', '>', '>=', '=', '!='].map((operator) => say(operator, 1000));
    expect(new Set(said).size).toBe(6);
    expect(say('is-known', undefined)).toBe('spend is known');
    expect(say('in', [1, 2, 3])).toBe('spend is 1, 2 or 3');
  });
});
