// Reads the JSON form of a segment from outside: closed shapes, limits, and a pointer to every wrong spot.

import type { Criterion } from './criteria.ts';
import {
  COMPARISONS,
  type CriterionTest,
  type Segment,
  SegmentError,
  type SegmentIssue,
  type SegmentScalar,
} from './segment.ts';
import { checkSegment } from './segment-check.ts';
import { SEGMENT_LIMITS } from './segment-limits.ts';

/**
 * The segment a JSON document says, checked against the criteria when they are given; throws SegmentError with all issues.
 * A group of one member is read as that member, so that equal rules have equal trees.
 */
export function validateSegment(json: unknown, criteria?: readonly Criterion[]): Segment {
  const reader = new SegmentReader();
  const segment = reader.segment(json, '', 0);
  if (segment === undefined || reader.issues.length > 0) throw new SegmentError(atLeastOne(reader.issues));
  const issues = criteria === undefined ? [] : checkSegment(segment, criteria);
  if (issues.length > 0) throw new SegmentError(atLeastOne(issues));
  return segment;
}

function atLeastOne(issues: readonly SegmentIssue[]): [SegmentIssue, ...SegmentIssue[]] {
  const [first, ...rest] = issues.slice(0, SEGMENT_LIMITS.maxIssues);
  if (first === undefined) throw new TypeError('a segment was refused without an issue');
  return [first, ...rest];
}

type Document = Readonly<Record<string, unknown>>;

class SegmentReader {
  readonly issues: SegmentIssue[] = [];
  #criteria = 0;

  segment(json: unknown, pointer: string, depth: number): Segment | undefined {
    if (!isDocument(json) || Object.keys(json).length !== 1) {
      return this.#refuse(pointer, 'a segment is an object with one member', 'and, or, except or criterion');
    }
    if ('criterion' in json) {
      const test = this.#criterion(json.criterion, `${pointer}/criterion`);
      return test === undefined ? undefined : { criterion: test };
    }
    const key = (['and', 'or', 'except'] as const).find((name) => name in json);
    if (key === undefined) {
      const unknown = `${pointer}/${escaped(Object.keys(json)[0] ?? '')}`;
      return this.#refuse(unknown, 'not a member of a segment', 'and, or, except or criterion');
    }
    if (depth >= SEGMENT_LIMITS.maxDepth) {
      const message = `groups nest at most ${SEGMENT_LIMITS.maxDepth} deep`;
      return this.#refuse(pointer, message, 'and and or take any number of members', 'segment_limit');
    }
    return this.#group(key, json[key], { pointer: `${pointer}/${key}`, depth: depth + 1 });
  }

  #group(key: 'and' | 'or' | 'except', value: unknown, at: { pointer: string; depth: number }): Segment | undefined {
    if (!Array.isArray(value) || value.length === 0) {
      return this.#refuse(at.pointer, `${key} takes a list of segments`, 'with at least one member');
    }
    if (value.length > SEGMENT_LIMITS.maxCriteria) return this.#tooMany(at.pointer);
    const members: Segment[] = [];
    for (const [n, member] of value.entries()) {
      const read = this.segment(member, `${at.pointer}/${n}`, at.depth);
      if (read !== undefined) members.push(read);
    }
    if (members.length !== value.length) return undefined;
    const [first, second] = members;
    if (key === 'except') {
      if (first !== undefined && second !== undefined && members.length === 2) return { except: [first, second] };
      return this.#refuse(at.pointer, 'except takes two segments', 'whom to keep, then whom to drop from them');
    }
    if (members.length === 1) return first;
    return key === 'and' ? { and: members } : { or: members };
  }

  #criterion(value: unknown, pointer: string): CriterionTest | undefined {
    if (++this.#criteria > SEGMENT_LIMITS.maxCriteria) return this.#tooMany(pointer);
    const allowed = ['source', 'attribute', 'operator', 'value'];
    if (!isDocument(value)) return this.#refuse(pointer, 'a criterion is an object', `with ${allowed.join(', ')}`);
    for (const name of Object.keys(value)) {
      if (!allowed.includes(name))
        this.#refuse(`${pointer}/${escaped(name)}`, 'not a member of a criterion', allowed.join(', '));
    }
    const source = this.#name(value.source, `${pointer}/source`);
    const attribute = this.#name(value.attribute, `${pointer}/attribute`);
    if (source === undefined || attribute === undefined) return undefined;
    return this.#test({ source, attribute }, value, pointer);
  }

  #test(names: { source: string; attribute: string }, value: Document, pointer: string): CriterionTest | undefined {
    const operator = value.operator;
    if (operator === 'is-true' || operator === 'is-known') {
      if (!('value' in value)) return { ...names, operator };
      return this.#refuse(`${pointer}/value`, `${operator} takes no value`, 'leave it out');
    }
    if (operator === 'in') {
      const list = this.#list(value.value, `${pointer}/value`);
      return list === undefined ? undefined : { ...names, operator, value: list };
    }
    const comparison = COMPARISONS.find((candidate) => candidate === operator);
    if (comparison === undefined) {
      const hint = `one of ${[...COMPARISONS, 'in', 'is-true', 'is-known'].join(', ')}`;
      return this.#refuse(`${pointer}/operator`, 'not an operator', hint);
    }
    const scalar = this.#scalar(value.value, `${pointer}/value`);
    return scalar === undefined ? undefined : { ...names, operator: comparison, value: scalar };
  }

  #list(value: unknown, pointer: string): SegmentScalar[] | undefined {
    if (!Array.isArray(value) || value.length === 0)
      return this.#refuse(pointer, 'in takes a list', 'with at least one value');
    if (value.length > SEGMENT_LIMITS.maxListValues) {
      const message = `a list has at most ${SEGMENT_LIMITS.maxListValues} values`;
      return this.#refuse(pointer, message, 'describe what persons have in common', 'segment_limit');
    }
    const scalars = value.map((member, n) => this.#scalar(member, `${pointer}/${n}`));
    return scalars.every((scalar) => scalar !== undefined) ? scalars : undefined;
  }

  #scalar(value: unknown, pointer: string): SegmentScalar | undefined {
    if (typeof value === 'boolean') return value;
    if (typeof value === 'number' && Number.isFinite(value)) return value === 0 ? 0 : value;
    if (typeof value !== 'string') return this.#refuse(pointer, 'not a value', 'a text, a number, true or false');
    if (value.length <= SEGMENT_LIMITS.maxStringLength && value.isWellFormed()) return value;
    const message = `a text value has at most ${SEGMENT_LIMITS.maxStringLength} characters, all of Unicode`;
    return this.#refuse(pointer, message, 'categories are short names', 'segment_limit');
  }

  #name(value: unknown, pointer: string): string | undefined {
    const isName = typeof value === 'string' && value !== '' && value.isWellFormed();
    if (isName && value.length <= SEGMENT_LIMITS.maxNameLength) return value;
    return this.#refuse(pointer, 'a name is missing', `a text of 1 to ${SEGMENT_LIMITS.maxNameLength} characters`);
  }

  #tooMany(pointer: string): undefined {
    const message = `a segment has at most ${SEGMENT_LIMITS.maxCriteria} criteria`;
    return this.#refuse(pointer, message, 'several values of one attribute fit into one list', 'segment_limit');
  }

  #refuse(pointer: string, message: string, hint: string, code: SegmentIssue['code'] = 'segment_shape'): undefined {
    if (this.issues.length < SEGMENT_LIMITS.maxIssues) this.issues.push({ code, message, hint, pointer });
  }
}

function isDocument(value: unknown): value is Document {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** RFC 6901, section 3. */
function escaped(name: string): string {
  return name.slice(0, SEGMENT_LIMITS.maxNameLength).replaceAll('~', '~0').replaceAll('/', '~1');
}
