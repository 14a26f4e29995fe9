// One form for all segments that select the same persons: a reduced decision diagram over the attributes in alphabetical order.
// Order, synonyms, double negation, dummy and doubled conditions all vanish, so that none of them buys another draw of noise.
import { type Criterion, type CriterionKind, findCriterion } from '../../matching/criteria.ts';
import { type CriterionTest, listCriteria, type Segment } from '../../matching/segment.ts';
import { holds, type Region, regionsOf } from './attribute-regions.ts';

/** `everybody`, `nobody`, or the nodes of the diagram. The last is the root. */
export type CanonicalSegment = 'everybody' | 'nobody' | readonly DiagramNode[];

/** What follows: true, false or the place of another node. */
type Follows = boolean | number;

export interface DiagramNode {
  readonly attribute: string;
  /** Where each stretch of values starts, and what follows for it. */
  readonly arms: readonly (readonly [string, Follows])[];
}

/** A segment that needs more would take long to compare; it is refused rather than compared by its letters. */
const MAX_STEPS = 5_000;

export class SegmentTooTangled extends Error {
  override readonly name = 'SegmentTooTangled';
}

/** `nameOf` gives the name under which an attribute is compared, the same for all aliases of one dataset. */
export function canonicalSegment(
  segment: Segment,
  criteria: readonly Criterion[],
  nameOf: (test: CriterionTest) => string,
): CanonicalSegment {
  const builder = new DiagramBuilder(attributesOf(segment, criteria, nameOf));
  const root = builder.build(formulaOf(segment, nameOf));
  if (typeof root === 'boolean') return root ? 'everybody' : 'nobody';
  return reachableFrom(root, builder.nodes);
}

type Formula =
  | boolean
  | { readonly name: string; readonly test: CriterionTest }
  | { readonly every: readonly Formula[] }
  | { readonly not: Formula };

function formulaOf(segment: Segment, nameOf: (test: CriterionTest) => string): Formula {
  const of = (member: Segment) => formulaOf(member, nameOf);
  if ('criterion' in segment) return { name: nameOf(segment.criterion), test: segment.criterion };
  if ('and' in segment) return { every: segment.and.map(of) };
  if ('or' in segment) return { not: { every: segment.or.map((member): Formula => ({ not: of(member) })) } };
  return { every: [of(segment.except[0]), { not: of(segment.except[1]) }] };
}

interface Attribute {
  readonly name: string;
  readonly kind: CriterionKind;
  readonly regions: readonly Region[];
}

function attributesOf(
  segment: Segment,
  criteria: readonly Criterion[],
  nameOf: (test: CriterionTest) => string,
): Attribute[] {
  const byName = Map.groupBy(listCriteria(segment), nameOf);
  return [...byName.keys()].sort().map((name) => {
    const tests = byName.get(name) ?? [];
    const criterion = tests[0] && findCriterion(criteria, tests[0]);
    if (criterion === undefined) throw new Error('the segment was not checked');
    return { name, kind: criterion.kind, regions: regionsOf(criterion.kind, tests, criterion.categories) };
  });
}

class DiagramBuilder {
  readonly nodes: DiagramNode[] = [];
  readonly #attributes: readonly Attribute[];
  readonly #built = new Map<string, Follows>();
  readonly #places = new Map<string, number>();
  #steps = 0;

  constructor(attributes: readonly Attribute[]) {
    this.#attributes = attributes;
  }

  build(formula: Formula, depth = 0): Follows {
    if (typeof formula === 'boolean') return formula;
    const attribute = this.#attributes[depth];
    if (attribute === undefined) throw new Error('every attribute has a value by now');
    const key = `${depth} ${JSON.stringify(formula)}`;
    const before = this.#built.get(key);
    if (before !== undefined) return before;
    this.#steps += 1;
    if (this.#steps > MAX_STEPS) throw new SegmentTooTangled();
    const arms = attribute.regions.map(({ from, value }): [string, Follows] => [
      from,
      this.build(given(formula, { name: attribute.name, value }), depth + 1),
    ]);
    const made = this.#node(attribute, arms);
    this.#built.set(key, made);
    return made;
  }

  #node({ name, kind }: Attribute, all: readonly (readonly [string, Follows])[]): Follows {
    const [first] = all;
    if (first !== undefined && all.every(([, follows]) => follows === first[1])) return first[1];
    const arms = kind === 'category' ? exceptionsOf(all) : stretchesOf(all);
    const key = JSON.stringify([name, arms]);
    const place = this.#places.get(key) ?? this.nodes.push({ attribute: name, arms }) - 1;
    this.#places.set(key, place);
    return place;
  }
}

type Arms = readonly (readonly [string, Follows])[];

/** Of neighbours with the same answer only the first, but for the unknown, which is nobody's neighbour. */
function stretchesOf(arms: Arms): Arms {
  return arms.filter(([, follows], index) => index < 2 || arms[index - 1]?.[1] !== follows);
}

/** A category that fares like those that nobody named need not be named. */
function exceptionsOf(arms: Arms): Arms {
  const other = arms.find(([from]) => from === 'other');
  return other === undefined ? arms : arms.filter(([from, follows]) => !from.startsWith('=') || follows !== other[1]);
}

/** The formula once the value of one attribute is known. */
function given(formula: Formula, known: { name: string; value: Region['value'] }): Formula {
  if (typeof formula === 'boolean') return formula;
  if ('test' in formula) return formula.name === known.name ? holds(formula.test, known.value) : formula;
  if ('not' in formula) {
    const inner = given(formula.not, known);
    return typeof inner === 'boolean' ? !inner : { not: inner };
  }
  const members = formula.every.map((member) => given(member, known)).filter((member) => member !== true);
  if (members.includes(false)) return false;
  return members.length === 0 ? true : { every: members };
}

/** Only what the root leads to, numbered in the order in which it is met, so that how it was built does not show. */
function reachableFrom(root: number, nodes: readonly DiagramNode[]): DiagramNode[] {
  const order: DiagramNode[] = [];
  const places = new Map<number, number>();
  const visit = (follows: Follows): Follows => {
    if (typeof follows === 'boolean') return follows;
    const met = places.get(follows);
    if (met !== undefined) return met;
    const { attribute, arms } = nodes[follows] as DiagramNode;
    const visited = arms.map(([from, next]) => [from, visit(next)] as const);
    const mine = order.push({ attribute, arms: visited }) - 1;
    places.set(follows, mine);
    return mine;
  };
  visit(root);
  return order;
}
