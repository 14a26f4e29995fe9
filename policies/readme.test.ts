// The officer's page tells the truth: it lists every file of policies and quotes rules and scenarios as they stand.
import { readdirSync, readFileSync } from 'node:fs';
import { expect, it } from 'vitest';

const here = new URL('./', import.meta.url);
const page = read('README.md');

it('lists every file of policies', () => {
  for (const name of readdirSync(here).filter((each) => /\.cedar(schema)?$/.test(each))) {
    expect(page).toContain(`[\`${name}\`](${name})`);
  }
});

it('quotes a policy as it stands', () => {
  expect(read('consent.cedar')).toContain(block('cedar'));
});

it('quotes a scenario as it stands', () => {
  const cases = read('scenarios/consent.yaml').replaceAll(/^ {2}/gm, '');
  expect(cases).toContain(block('yaml'));
});

function block(language: string): string {
  const quoted = new RegExp(`\`\`\`${language}\n([^\`]+)\`\`\``).exec(page)?.[1];
  return quoted ?? 'nothing is quoted';
}

function read(name: string): string {
  return readFileSync(new URL(name, here), 'utf8');
}
