// What a person needs to know of a destination before anybody is sent there stands in its README.
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { listDestinations } from './registry.ts';

const readme = (kind: string): string => readFileSync(new URL(`${kind}/README.md`, import.meta.url), 'utf8');

describe.each(listDestinations().map(({ kind }) => kind))('the README of %s', (kind) => {
  it.each([
    ['credentials', /^(## |- \*\*)Credentials/m],
    ['what is sent', /^(## |- \*\*)What is sent|^## (The file|How a batch travels)/m],
    ['limits', /^(## |- \*\*)(Limits|Refusals|Errors)/m],
    ['removal', /^(## |- \*\*)(Removal|Consent and removal)/m],
    ['erasure', /\*\*Erasure\.\*\*/],
    ['consent', /^(## |- \*\*)Consent/m],
  ])('tells of %s', (_what, wanted) => {
    expect(readme(kind)).toMatch(wanted);
  });

  it('says that the gate before is all there is, where no field carries consent', () => {
    const hasField = listDestinations().find((one) => one.kind === kind)!.consentFields.length > 0;
    const section = readme(kind).split(/^(?:## |- \*\*)(?:Consent)/m)[1] ?? '';
    if (!hasField)
      expect(section.toLowerCase()).toMatch(/no (form of the platform has a )?field|not have a field|gate|has no/);
    else expect(section.length).toBeGreaterThan(100);
  });
});

it('the table of destinations names each of them, and its sandbox', () => {
  const table = readFileSync(new URL('README.md', import.meta.url), 'utf8');
  for (const { kind } of listDestinations()) {
    expect(table).toContain(`[\`${kind}\`](${kind}/README.md)`);
    expect(table).toContain(`ecluse sandbox ${kind}`);
  }
});
