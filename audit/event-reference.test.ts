// docs/audit-events.md is generated from EVENT_NAMES; `npx vitest run --project unit audit/event-reference -u` writes it anew.
import { expect, test } from 'vitest';
import { EVENT_NAMES } from './event.ts';

function eventReference(): string {
  const nouns = Map.groupBy(Object.entries(EVENT_NAMES), ([name]) => name.split('.')[0]!);
  const sections = [...nouns].map(([noun, events]) => {
    const rows = events.map(([name, sentence]) => `- \`${name}\`: ${sentence}`);
    return `## ${noun}\n\n${rows.join('\n')}\n`;
  });
  return `${INTRODUCTION}\n${sections.join('\n')}`;
}

const INTRODUCTION = `# Audit events

Every name that the audit log can hold, generated from \`audit/event-names.ts\`. A name is never renamed or reused. An event also has
an \`outcome\`: \`allowed\` or \`denied\` for what policy decided, \`succeeded\` or \`failed\` for what was tried. What an event looks like and
how to verify one is in [audit-log.md](audit-log.md).
`;

test('the reference of audit events is current', async () => {
  await expect(eventReference()).toMatchFileSnapshot('../docs/audit-events.md');
});
