// Reads the text form of a segment. AND binds tighter than OR, EXCEPT loosest and from the left; parentheses group.
// Grammar in docs/segments.md; every error points at its spot.

import type { Criterion } from './criteria.ts';
import { COMPARISONS, type CriterionTest, type Segment, SegmentError, type SegmentScalar } from './segment.ts';
import { checkSegment } from './segment-check.ts';
import { SEGMENT_LIMITS } from './segment-limits.ts';
import { errorAt, issueAt, type Keyword, type Span, segmentTokens, type Token } from './segment-tokens.ts';

/** The segment a text says; with criteria its names, operators and values are checked too. Throws SegmentError. */
export function parseSegment(text: string, criteria?: readonly Criterion[]): Segment {
  const parser = new SegmentParser(text);
  const { segment, spans } = parser.parse();
  if (criteria === undefined) return segment;
  const issues = checkSegment(segment, criteria).map((issue) =>
    issueAt(text, spanOf(spans, issue.pointer ?? '', text), issue),
  );
  const [first, ...rest] = issues;
  if (first !== undefined) throw new SegmentError([first, ...rest]);
  return segment;
}

/** The span of a pointer, or of the nearest thing around it. */
function spanOf(spans: ReadonlyMap<string, Span>, pointer: string, text: string): Span {
  for (let at = pointer; ; at = at.slice(0, at.lastIndexOf('/'))) {
    const span = spans.get(at);
    if (span !== undefined) return span;
    if (at === '') return { offset: 0, length: text.length };
  }
}

/** A tree as it is read: pointers are only known once the tree is whole. */
interface Node {
  readonly span: Span;
  readonly group?: { readonly key: 'and' | 'or' | 'except'; readonly members: readonly Node[] };
  readonly test?: CriterionTest;
  readonly parts?: { readonly name: Span; readonly operator: Span; readonly values: readonly Span[] };
}

type Told = { message: string; hint: string; code?: 'segment_limit' };

class SegmentParser {
  readonly #text: string;
  readonly #tokens: Token[];
  #index = 0;
  #depth = 0;
  #criteria = 0;

  constructor(text: string) {
    this.#text = text;
    this.#tokens = segmentTokens(text);
  }

  parse(): { segment: Segment; spans: Map<string, Span> } {
    const root = this.#except();
    const after = this.#peek();
    if (after.kind !== 'end') {
      throw this.#fail(after, {
        message: this.#isSymbol(')')
          ? 'a closing parenthesis without an opening one'
          : 'AND, OR or EXCEPT is missing here',
        hint: 'join criteria with AND, OR or EXCEPT, and group them with parentheses',
      });
    }
    const spans = new Map<string, Span>();
    return { segment: this.#segment(root, '', { spans, depth: 0 }), spans };
  }

  #except(): Node {
    let keep = this.#group('or', 'OR', () => this.#group('and', 'AND', () => this.#term()));
    while (this.#takeKeyword('EXCEPT')) {
      const drop = this.#group('or', 'OR', () => this.#group('and', 'AND', () => this.#term()));
      keep = { span: around(keep.span, drop.span), group: { key: 'except', members: [keep, drop] } };
    }
    return keep;
  }

  #group(key: 'and' | 'or', keyword: Keyword, member: () => Node): Node {
    const first = member();
    const members = [first];
    while (this.#takeKeyword(keyword)) members.push(member());
    const last = members.at(-1) ?? first;
    return members.length === 1 ? first : { span: around(first.span, last.span), group: { key, members } };
  }

  #term(): Node {
    const open = this.#peek();
    if (!this.#takeSymbol('(')) return this.#criterion();
    if (++this.#depth > SEGMENT_LIMITS.maxDepth) throw this.#tooDeep(open);
    const inner = this.#except();
    const close = this.#peek();
    if (!this.#takeSymbol(')')) {
      throw this.#fail(close.kind === 'end' ? open : close, {
        message: close.kind === 'end' ? 'a parenthesis is not closed' : 'AND, OR, EXCEPT or ) is missing here',
        hint: 'each ( needs its )',
      });
    }
    this.#depth--;
    return { ...inner, span: around(open, close) };
  }

  #criterion(): Node {
    const start = this.#peek();
    const source = this.#name('a criterion is missing here', false);
    if (!this.#takeSymbol('.')) {
      throw this.#fail(this.#peek(), {
        message: `a dot and the attribute are missing after ${source}`,
        hint: 'a criterion is alias.attribute, such as osec.complaint',
      });
    }
    const end = this.#peek();
    const attribute = this.#name('an attribute is missing after the dot', true);
    if (++this.#criteria > SEGMENT_LIMITS.maxCriteria) {
      throw this.#fail(start, {
        code: 'segment_limit',
        message: `a segment has at most ${SEGMENT_LIMITS.maxCriteria} criteria`,
        hint: 'several values of one attribute fit into one IN list',
      });
    }
    return this.#condition({ source, attribute }, around(start, end));
  }

  #condition(names: { source: string; attribute: string }, name: Span): Node {
    const operator = this.#peek();
    const comparison = COMPARISONS.find((candidate) => this.#takeSymbol(candidate));
    if (comparison !== undefined) {
      const { value, span } = this.#value();
      return leaf({ ...names, operator: comparison, value }, { name, operator, values: [span] }, span);
    }
    if (this.#takeKeyword('IN')) return this.#list(names, name, operator);
    if (this.#takeKeyword('IS')) {
      const known = this.#peek();
      if (this.#takeKeyword('KNOWN'))
        return leaf({ ...names, operator: 'is-known' }, { name, operator, values: [] }, known);
      throw this.#fail(known, {
        message: 'KNOWN is missing after IS',
        hint: 'alias.attribute IS KNOWN keeps the persons who have a value; use EXCEPT for the others',
      });
    }
    return leaf({ ...names, operator: 'is-true' }, { name, operator: name, values: [] }, name);
  }

  #list(names: { source: string; attribute: string }, name: Span, operator: Token): Node {
    if (!this.#takeSymbol('(')) {
      throw this.#fail(this.#peek(), {
        message: 'a list in parentheses is missing after IN',
        hint: 'IN ("hiking", "rain")',
      });
    }
    const values = [this.#value()];
    while (this.#takeSymbol(',')) values.push(this.#value());
    const close = this.#peek();
    if (!this.#takeSymbol(')')) {
      throw this.#fail(close, { message: 'a comma or ) is missing in the list', hint: 'IN ("hiking", "rain")' });
    }
    if (values.length > SEGMENT_LIMITS.maxListValues) {
      throw this.#fail(operator, {
        code: 'segment_limit',
        message: `a list has at most ${SEGMENT_LIMITS.maxListValues} values`,
        hint: 'an audience is described by what its persons have in common, not by a list of them',
      });
    }
    const test: CriterionTest = { ...names, operator: 'in', value: values.map(({ value }) => value) };
    return leaf(test, { name, operator, values: values.map(({ span }) => span) }, close);
  }

  #value(): { value: SegmentScalar; span: Span } {
    const token = this.#peek();
    if (token.kind === 'literal') {
      if (typeof token.value === 'string' && token.value.length > SEGMENT_LIMITS.maxStringLength) {
        const message = `a value has at most ${SEGMENT_LIMITS.maxStringLength} characters`;
        throw this.#fail(token, { code: 'segment_limit', message, hint: 'categories are short names' });
      }
      this.#index++;
      return { value: token.value, span: token };
    }
    if (this.#takeKeyword('TRUE')) return { value: true, span: token };
    if (this.#takeKeyword('FALSE')) return { value: false, span: token };
    throw this.#fail(token, {
      message: 'a value is missing here',
      hint: 'values are "text", 12.5, 2025-01-31, true or false',
    });
  }

  #name(missing: string, keywordAllowed: boolean): string {
    const token = this.#peek();
    const isName = token.kind === 'word' && (keywordAllowed || token.keyword === undefined);
    const name = isName
      ? token.text
      : token.kind === 'literal' && token.form === 'string'
        ? String(token.value)
        : undefined;
    if (name === undefined || name === '' || name.length > SEGMENT_LIMITS.maxNameLength) {
      throw this.#fail(token, { message: missing, hint: this.#nameHint(token) });
    }
    this.#index++;
    return name;
  }

  #nameHint(token: Token): string {
    if (token.kind === 'word' && token.keyword === 'NOT') return 'there is no NOT: write … EXCEPT alias.attribute';
    if (token.kind === 'word') return `${token.text} is a word of the language; as a name it stands in double quotes`;
    return 'a criterion is alias.attribute with an operator and a value, such as osec.last_raincoat < 2025-01-01';
  }

  #peek(): Token {
    return this.#tokens[this.#index] ?? { kind: 'end', offset: this.#text.length, length: 0 };
  }

  #isSymbol(text: string): boolean {
    const token = this.#peek();
    return token.kind === 'symbol' && token.text === text;
  }

  #takeSymbol(text: string): boolean {
    const taken = this.#isSymbol(text);
    if (taken) this.#index++;
    return taken;
  }

  #takeKeyword(keyword: Keyword): boolean {
    const token = this.#peek();
    const taken = token.kind === 'word' && token.keyword === keyword;
    if (taken) this.#index++;
    return taken;
  }

  /** The tree without spots, once it is whole. */
  #segment(node: Node, pointer: string, { spans, depth }: { spans: Map<string, Span>; depth: number }): Segment {
    spans.set(pointer, node.span);
    if (node.test !== undefined) {
      noteSpots(pointer, { ...node, test: node.test }, spans);
      return { criterion: node.test };
    }
    if (depth >= SEGMENT_LIMITS.maxDepth) throw this.#tooDeep(node.span);
    const { key, members } = node.group ?? { key: 'and' as const, members: [] };
    const read = members.map((member, n) =>
      this.#segment(member, `${pointer}/${key}/${n}`, { spans, depth: depth + 1 }),
    );
    if (key !== 'except') return key === 'and' ? { and: read } : { or: read };
    const [keep, drop] = read;
    if (keep === undefined || drop === undefined) throw new TypeError('EXCEPT has two sides');
    return { except: [keep, drop] };
  }

  #tooDeep(span: Span): SegmentError {
    const message = `groups nest at most ${SEGMENT_LIMITS.maxDepth} deep`;
    return this.#fail(span, {
      code: 'segment_limit',
      message,
      hint: 'AND and OR take any number of members side by side',
    });
  }

  #fail(span: Span, told: Told): SegmentError {
    return errorAt(this.#text, { offset: span.offset, length: Math.max(1, span.length) }, told);
  }
}

function leaf(test: CriterionTest, parts: NonNullable<Node['parts']>, end: Span): Node {
  return { span: around(parts.name, end), test, parts };
}

function around(first: Span, last: Span): Span {
  return { offset: first.offset, length: last.offset + last.length - first.offset };
}

/** Notes the spots of a criterion under the pointers that its JSON form would have. */
function noteSpots(pointer: string, node: Node & { test: CriterionTest }, spans: Map<string, Span>): void {
  const { name, operator, values } = node.parts ?? { name: node.span, operator: node.span, values: [] };
  spans.set(`${pointer}/criterion/source`, name);
  spans.set(`${pointer}/criterion/attribute`, name);
  spans.set(`${pointer}/criterion/operator`, operator);
  const isList = node.test.operator === 'in';
  for (const [n, span] of values.entries()) spans.set(`${pointer}/criterion/value${isList ? `/${n}` : ''}`, span);
}
