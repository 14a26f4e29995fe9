// The published vocabulary of purposes and the code say the same: the words, what they need in the IAB's signals, and the reasons.
import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { findDestination, listDestinations } from '../connectors/registry.ts';
import { CONSENT_KINDS } from '../identifiers/column-schema.ts';
import { PURPOSES } from '../identifiers/purposes.ts';
import { DENY_REASONS } from '../policies/deny-reason.ts';
import { TCF_PURPOSES, US_SIGNAL_PURPOSES } from '../policies/purposes.ts';

const page = readFileSync(new URL('../docs/purposes.md', import.meta.url), 'utf8');

/** The rows of the table whose header starts so, each as its cells. */
function tableOf(header: string): string[][] {
  const lines = page.split('\n');
  const start = lines.findIndex(
    (line) =>
      line.startsWith('|') &&
      line.split('|')[1]?.trim() === header.split('|')[0] &&
      line.includes(header.split('|')[1] ?? ''),
  );
  const rows: string[][] = [];
  for (let at = start + 2; lines[at]?.startsWith('|'); at++) {
    rows.push(
      (lines[at] ?? '')
        .split('|')
        .slice(1, -1)
        .map((cell) => cell.trim().replaceAll('`', '')),
    );
  }
  return rows;
}

test('the page lists the words of the vocabulary, and no other', () => {
  expect(tableOf('purpose|what the person').map(([word]) => word)).toEqual([...PURPOSES]);
  expect(Object.keys(TCF_PURPOSES)).toEqual([...PURPOSES]);
  expect(Object.keys(US_SIGNAL_PURPOSES)).toEqual([...PURPOSES]);
});

test('the page maps each word to TCF purposes and to US signals as the code does', () => {
  const mapped = tableOf('purpose|TCF').map(([word, tcf, us]) => [word, tcf, us]);
  const coded = PURPOSES.map((purpose) => [
    purpose,
    TCF_PURPOSES[purpose]?.join(', ') || '—',
    US_SIGNAL_PURPOSES[purpose] ? 'no opt-out' : '—',
  ]);
  expect(mapped).toEqual(coded);
});

test('the page lists the kinds of strings, and the reasons that a report may give', () => {
  expect(tableOf('kind|holds').map(([kind]) => kind)).toEqual(CONSENT_KINDS.filter((kind) => kind !== 'purposes'));
  const told = tableOf('reason|meaning').map(([reason]) => reason);
  const ofPersons = Object.keys(DENY_REASONS).filter((reason) =>
    /^(consent_|opted_out|known_child|suppressed)/.test(reason),
  );
  expect(told.filter((reason) => reason !== 'activation_id_missing').sort()).toEqual(ofPersons.sort());
});

test('the page names the vendor ids that destinations declare', () => {
  expect(page).toContain(`Xandr is vendor ${findDestination('xandr')?.iabVendorId},`);
  expect(page).toContain(`The Trade Desk ${findDestination('the-trade-desk')?.iabVendorId},`);
  expect(page).toContain(`Google ${findDestination('google-data-manager')?.iabVendorId};`);
  const declared = listDestinations().flatMap(({ iabVendorId }) => iabVendorId ?? []);
  expect([...new Set(declared)].sort((a, b) => a - b)).toEqual([21, 32, 755]);
});
