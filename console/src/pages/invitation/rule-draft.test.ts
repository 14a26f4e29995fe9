// Rules of what a partner allows: it begins strict, what is not ticked is not allowed, and the sentences say what the rule says.
import fc from 'fast-check';
import { expect, test } from 'vitest';
import {
  ALIAS,
  ANALYSES,
  aliasOf,
  attributesOf,
  firstDraft,
  PURPOSES,
  type RuleDraft,
  ruleOf,
  sentencesOf,
} from './rule-draft.ts';

const strict = firstDraft({ privacy_threshold: 80 });
const drafts = fc.record({
  analyses: fc.subarray([...ANALYSES]),
  attributes: fc.subarray(['activity', 'season']),
  destinations: fc.subarray(['xandr', 'file']),
  purposes: fc.subarray([...PURPOSES]),
  needsApproval: fc.boolean(),
  privacyThreshold: fc.integer({ min: 50, max: 1000 }),
});
const messages = (draft: RuleDraft) => sentencesOf(draft).map(({ message }) => message.replace('invitation.says-', ''));

test('it begins with the size of the overlap and nobody leaving, at the threshold of the collaboration', () => {
  expect(ruleOf(strict)).toEqual({
    allowed_analyses: ['overlap'],
    filter_attributes: [],
    breakdown_attributes: [],
    activation: { allowed: false, destinations: [], purposes: [], approval: 'required' },
    privacy_threshold: 80,
  });
  expect(messages(strict)).toEqual(['analyses', 'noAttributes', 'threshold', 'noDelivery', 'never']);
});

test('nothing is delivered unless both a destination and a purpose are ticked', () => {
  fc.assert(
    fc.property(drafts, (draft) => {
      const { activation } = ruleOf(draft);
      expect(activation.allowed).toBe(draft.destinations.length > 0 && draft.purposes.length > 0);
      expect(messages(draft).includes('delivery')).toBe(activation.allowed);
      expect(messages(draft).includes('noDelivery')).toBe(!activation.allowed);
      if (!activation.allowed) expect([...activation.destinations, ...activation.purposes]).toEqual([]);
      expect(messages(draft).includes('noApproval')).toBe(activation.allowed && !draft.needsApproval);
    }),
  );
});

test('the sentences name every analysis, attribute, destination and purpose of the rule, and no other', () => {
  fc.assert(
    fc.property(drafts, (draft) => {
      const rule = ruleOf(draft);
      const said = sentencesOf(draft).flatMap(({ lists }) => Object.values(lists ?? {}).flat());
      expect(said.toSorted()).toEqual(
        [
          ...rule.allowed_analyses.map((one) => `analysis-${one}`),
          ...rule.filter_attributes,
          ...rule.activation.destinations,
          ...rule.activation.purposes.map((one) => `purpose-${one}`),
        ].toSorted(),
      );
    }),
  );
});

test('only attributes may be asked about', () => {
  const columns = {
    email: { role: 'identifier', type: 'email' },
    activity: { role: 'attribute', kind: 'category' },
    agreed: { role: 'consent', kind: 'purposes' },
  };
  expect(attributesOf({ schema: { name: 'crm', columns } as never })).toEqual(['activity']);
});

test('a name in segments is made of any name', () => {
  expect(aliasOf('Clients fidèles 2026')).toBe('clients_fideles_2026');
  expect(aliasOf('2026 – CRM')).toBe('crm');
  expect(aliasOf('***')).toBe('ours');
  fc.assert(fc.property(fc.string(), (name) => ALIAS.test(aliasOf(name))));
});
