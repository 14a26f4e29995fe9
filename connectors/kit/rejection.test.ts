// A request refused for some rows: exactly those are left out, whether the platform names them or not.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { RetryableError } from './errors.ts';
import { MAX_REJECTED_REQUESTS } from './limits.ts';
import { RequestRejected, sendSifted } from './rejection.ts';

const platform = (isFault: (row: number) => boolean, names: boolean) => {
  const requests: number[][] = [];
  const send = async (rows: readonly number[]): Promise<readonly number[]> => {
    requests.push([...rows]);
    const faults = rows.flatMap((row, place) => (isFault(row) ? [[place, 'BAD'] as const] : []));
    if (faults.length > 0) throw new RequestRejected({ rowCode: 'BAD', rows: new Map(names ? faults : []) });
    return rows;
  };
  return { requests, send };
};

describe('a request refused for some of its rows', () => {
  it('goes out again without them, in order, each of them counted', async () => {
    await fc.assert(
      fc.asyncProperty(fc.uniqueArray(fc.nat(300), { maxLength: 4 }), fc.boolean(), async (faults, names) => {
        const rows = Array.from({ length: 200 }, (_, row) => row);
        const { send, requests } = platform((row) => faults.includes(row), names);
        const { answers, rejected, faults: found } = await sendSifted(rows, send);
        expect(answers.flat()).toEqual(rows.filter((row) => !faults.includes(row)));
        const count = faults.filter((row) => row < 200).length;
        expect(rejected).toEqual(count === 0 ? {} : { BAD: count });
        const named = found.map(({ row }) => row).sort((one, other) => one - other);
        expect(named).toEqual(faults.filter((row) => row < 200).sort((one, other) => one - other));
        if (names) expect(requests.length).toBeLessThanOrEqual(2);
      }),
    );
  });

  it('sends nothing for no rows, or when every row was named', async () => {
    const { send, requests } = platform(() => true, true);
    expect(await sendSifted([], send)).toEqual({ answers: [], rejected: {}, faults: [] });
    const faults = [1, 2].map((row) => ({ row, code: 'BAD' }));
    expect(await sendSifted([1, 2], send)).toEqual({ answers: [], rejected: { BAD: 2 }, faults });
    expect(requests).toHaveLength(1);
  });

  it('is given up when too many requests are refused, and passes other errors on', async () => {
    const { send, requests } = platform(() => true, false);
    const rows = Array.from({ length: 10_000 }, (_, row) => row);
    await expect(sendSifted(rows, send)).rejects.toThrow('too many rows (BAD)');
    expect(requests.length).toBe(MAX_REJECTED_REQUESTS + 1);
    const broken = new RetryableError('network', 'gone');
    await expect(sendSifted([1], () => Promise.reject(broken))).rejects.toBe(broken);
  });
});
