// Rules of the kernel, each against a naive rendering of the same rule.
import { createDecipheriv, randomBytes } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { splitCsv } from './csv.ts';
import { splitPlainCsv } from './csv-plain.ts';
import { DigestColumn } from './digest-column.ts';
import { KeyTable } from './key-table.ts';
import { type Candidates, pairMany, pairOneToOne } from './pairing.ts';
import { PersonIndex } from './person-index.ts';
import { encryptBlocks, wordsOf } from './rekey.ts';
import { RowBatch } from './rows.ts';

describe('CSV', () => {
  const cell = fc.string({ unit: fc.constantFrom('a', 'é', ',', '"', '\n', '\r\n', ' ', '0') });
  const row = fc.array(cell, { minLength: 1, maxLength: 4 }).filter((cells) => cells.length > 1 || cells[0] !== '');
  const quoted = (text: string) => `"${text.replaceAll('"', '""')}"`;

  test('whatever is written comes back, at any cut and with either line end', () => {
    fc.assert(
      fc.property(fc.array(row, { minLength: 1 }), fc.nat(), fc.boolean(), fc.boolean(), (rows, cut, crlf, ends) => {
        const plain = (text: string) => (/[",\r\n]/.test(text) ? quoted(text) : text);
        const text = rows.map((cells) => cells.map(plain).join(',')).join(crlf ? '\r\n' : '\n') + (ends ? '\n' : '');
        expect(splitAt(Buffer.from(text), cut)).toEqual(rows);
      }),
    );
  });

  test('without quotes, splitting and decoding at once gives the same fields, digests and rest', () => {
    const digest = fc.constantFrom('0a'.repeat(32), '0A'.repeat(32), 'f'.repeat(63), `${'e'.repeat(64)}0`, '');
    const fields = fc.constantFrom(',', '\n', '\r\n', '\r', 'x', 'é');
    const text = fc.array(fc.oneof(digest, fields), { maxLength: 30 }).map((parts) => Buffer.from(parts.join('')));
    fc.assert(
      fc.property(text, fc.boolean(), (bytes, last) => {
        const digests = [0, 1].map((type) => new DigestColumn('', type));
        const [plain, known] = [new RowBatch(), new RowBatch()];
        const used = splitPlainCsv(bytes, plain, { digests: [digests[0], undefined, digests[1]], last });
        expect(used).toBe(splitCsv(bytes, known, { last }));
        expect(textOf(plain)).toEqual(textOf(known));
        textOf(known).forEach((cells, row) => {
          // The last field of a file or of a CRLF line is left to the column.
          for (const [n, { present }] of digests.entries()) {
            if (present[row] === 1) expect(cells[n * 2]).toBe('0a'.repeat(32));
          }
        });
      }),
    );
  });

  test('blank lines are no rows and a quote within an unquoted field is itself', () => {
    expect(splitAt(Buffer.from('\n\r\na,5" x\r\n\n,\n'), 0)).toEqual([
      ['a', '5" x'],
      ['', ''],
    ]);
  });
});

/** Splits in two blocks, the second with what the first left over. */
function splitAt(bytes: Buffer, cut: number): string[][] {
  const at = bytes.length === 0 ? 0 : cut % bytes.length;
  const batch = new RowBatch();
  const first = Buffer.from(bytes.subarray(0, at));
  const used = splitCsv(first, batch, { last: false });
  const rows = textOf(batch);
  splitCsv(Buffer.concat([first.subarray(used), bytes.subarray(at)]), batch, { last: true });
  return [...rows, ...textOf(batch)];
}

function textOf(batch: RowBatch): string[][] {
  return Array.from({ length: batch.rows }, (_, row) => {
    const first = batch.rowFields[row] as number;
    return Array.from({ length: batch.fieldCount(row) }, (_, field) =>
      batch.bytes.toString('utf8', batch.starts[first + field], batch.ends[first + field]),
    );
  });
}

describe('match keys', () => {
  test('a block is encrypted by itself, as AES-256 says, and comes back under its key', () => {
    const key = randomBytes(32);
    const blocks = randomBytes(16 * 7);
    const encrypted = encryptBlocks(key, blocks);
    expect(encryptBlocks(key, blocks.subarray(32, 48))).toEqual(encrypted.subarray(32, 48));
    const decipher = createDecipheriv('aes-256-ecb', key, null).setAutoPadding(false);
    expect(Buffer.concat([decipher.update(encrypted), decipher.final()])).toEqual(blocks);
  });

  test('FIPS 197, appendix C.3', () => {
    const key = Buffer.from('000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f', 'hex');
    const block = Buffer.from('00112233445566778899aabbccddeeff', 'hex');
    expect(encryptBlocks(key, block).toString('hex')).toBe('8ea2b7ca516745bfeafc49904b496089');
  });

  test('keys are numbered by arrival however many there are, and equal ones are one', () => {
    const table = new KeyTable();
    const words = wordsOf(randomBytes(16 * 50_000));
    for (let key = 0; key < 50_000; key++) expect(table.intern(words, key * 4, key)).toBe(key);
    for (let key = 0; key < 50_000; key += 997) expect(table.intern(words, key * 4, 0)).toBe(key);
    expect(table.size).toBe(50_000);
    expect(table.find(wordsOf(randomBytes(16)), 0)).toBeUndefined();
    expect([...table.words.subarray(0, 12)]).toEqual([...words.subarray(0, 12)]);
  });
});

test('persons are the connected components of rows, numbered by first row', () => {
  const joins = fc.array(fc.tuple(fc.nat(19), fc.nat(19)), { maxLength: 25 });
  fc.assert(
    fc.property(joins, (pairs) => {
      const index = new PersonIndex();
      const naive = Array.from({ length: 20 }, (_, row) => row);
      for (let row = 0; row < 20; row++) index.addRow();
      for (const [a, b] of pairs) {
        index.join(a, b);
        const [from, to] = [naive[a], naive[b]];
        naive.forEach((group, row) => {
          if (group === from) naive[row] = to as number;
        });
      }
      const order = [...new Set(naive)];
      expect([...index.number()]).toEqual(naive.map((group) => order.indexOf(group)));
      expect(index.persons).toBe(order.length);
    }),
  );
});

describe('pairing', () => {
  const edges = fc.array(fc.tuple(fc.nat(6), fc.nat(6)), { maxLength: 20 });
  const types = fc.array(edges, { minLength: 1, maxLength: 3 });

  test('one to one takes free pairs type by type in ascending order', () => {
    fc.assert(
      fc.property(types, (lists) => {
        const { left, right, rank } = pairOneToOne(lists.map(candidates));
        const found = Array.from(left, (l, n) => [l, right[n], rank[n]]);
        expect(found).toEqual(naivePairs(lists));
      }),
    );
  });

  test('many keeps each distinct pair once, under its strongest type', () => {
    fc.assert(
      fc.property(types, (lists) => {
        const { left, right, rank } = pairMany(lists.map(candidates));
        const found = Object.fromEntries(Array.from(left, (l, n) => [`${l}-${right[n]}`, rank[n]]));
        const wanted: Record<string, number> = {};
        lists.forEach((list, type) => {
          for (const [l, r] of list) wanted[`${l}-${r}`] ??= type;
        });
        expect(left.length).toBe(Object.keys(wanted).length);
        expect(found).toEqual(wanted);
      }),
    );
  });
});

function candidates(list: readonly (readonly [number, number])[]): Candidates {
  return { left: Uint32Array.from(list, ([l]) => l), right: Uint32Array.from(list, ([, r]) => r) };
}

function naivePairs(lists: readonly (readonly (readonly [number, number])[])[]): number[][] {
  const pairs: number[][] = [];
  lists.forEach((list, rank) => {
    const ascending = [...list].sort((a, b) => a[0] - b[0] || a[1] - b[1]);
    for (const [l, r] of ascending) if (!pairs.some((pair) => pair[0] === l || pair[1] === r)) pairs.push([l, r, rank]);
  });
  return pairs.sort((a, b) => (a[0] as number) - (b[0] as number));
}
