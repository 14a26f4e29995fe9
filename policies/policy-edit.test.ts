// Editing policies: differences by title, a floor that nobody lowers, and forbids that never allow more.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { loadPolicySet, makePolicySet, shippedSource } from './decide.ts';
import { FLOOR, floorBreaches } from './floor.ts';
import { replay } from './history.ts';
import { differencesBetween, editedPolicies, faultsOfAdditions, namedAddition } from './policy-edit.ts';
import { parsePolicies } from './policy-source.ts';
import { scenarioRequest } from './scenario.ts';
import { readScenarioFiles, runScenarios } from './scenario-run.ts';

const { schema, policies } = shippedSource();
const shipped = loadPolicySet();
const files = readScenarioFiles();
const requests = files.flatMap((file) => file.cases.map((scenario) => scenarioRequest(file, scenario)));

const HUNDRED = `@id("at-least-a-hundred") @title("No result about fewer than 100 persons") @reason("Our regulator asks for it.")
@code("below_threshold")
forbid (principal, action in Action::"any release", resource) unless { context.persons >= 100 };`;

describe('an edited set', () => {
  it('tells what is added, removed, changed and merely reworded', () => {
    const floor = textOf('privacy-threshold-floor');
    const destination = textOf('allowed-destination').replace('Only to destinations', 'To destinations only');
    const edit = {
      text: [HUNDRED, floor.replace('>= 50', '>= 100'), destination].join('\n'),
      remove: ['allowed-purpose'],
    };
    expect(
      differencesBetween(policies, editedPolicies(policies, edit)).map(({ id, kind, strictness }) => [
        id,
        kind,
        strictness,
      ]),
    ).toEqual([
      ['allowed-destination', 'reworded', 'same'],
      ['allowed-purpose', 'removed', 'may-allow-more'],
      ['at-least-a-hundred', 'added', 'stricter'],
      ['privacy-threshold-floor', 'changed', 'stricter'],
    ]);
  });

  it('keeps every floor or is told which one it breaks', () => {
    for (const id of FLOOR) {
      const breaches = floorBreaches(policies, editedPolicies(policies, { text: '', remove: [id] }));
      expect(breaches.map((breach) => breach.id)).toEqual([id]);
    }
    const lowered = textOf('privacy-threshold-floor').replace('>= 50', '>= 10');
    expect(floorBreaches(policies, editedPolicies(policies, { text: lowered, remove: [] }))).toHaveLength(1);
    const raised = textOf('privacy-threshold-floor').replace('>= 50', '>= 100');
    expect(floorBreaches(policies, editedPolicies(policies, { text: raised, remove: [] }))).toEqual([]);
  });

  it('names no floor that is not there', () => {
    expect(FLOOR.filter((id) => !policies.some((policy) => policy.id === id))).toEqual([]);
  });

  it('refuses to remove what is not there, and one id twice', () => {
    expect(() => editedPolicies(policies, { text: '', remove: ['no-such'] })).toThrow('no-such');
    expect(() => editedPolicies(policies, { text: `${HUNDRED}\n${HUNDRED}`, remove: [] })).toThrow(
      'at-least-a-hundred',
    );
  });

  it('is tried on the scenarios: the shipped one changes none, a threshold of 100 those with fewer', () => {
    expect(runScenarios(shipped).changed).toEqual([]);
    const edited = makePolicySet({ schema, policies: editedPolicies(policies, { text: HUNDRED, remove: [] }) });
    const { cases, changed } = runScenarios(edited);
    expect(cases).toBeGreaterThan(60);
    expect(changed.map((each) => each.case)).toContain('The audience has exactly as many persons as the threshold');
    expect(changed.every(({ written, now }) => written === 'allowed' && now.result === 'refused')).toBe(true);
  });

  it('is tried on history: what left with fewer than 100 would have been withheld', () => {
    const past = requests.map((question, index) => ({
      eventId: `evt_${index}`,
      tenantId: 'Osec',
      instant: '2026-01-01T00:00:00.000Z',
      event: 'delivery.decided',
      subject: { kind: 'delivery', id: String(index) },
      outcome: shipped.decide(question).outcome,
      question,
    }));
    expect(replay(shipped, past)).toMatchObject({
      withheld: [],
      opened: [],
      considered: requests.length,
    });
    const edited = makePolicySet({ schema, policies: editedPolicies(policies, { text: HUNDRED, remove: [] }) });
    const small = past.filter(({ outcome, question }) => outcome === 'allow' && Number(question.context.persons) < 100);
    expect(replay(edited, past).withheld.map((each) => each.past.eventId)).toEqual(small.map(({ eventId }) => eventId));
    expect(small.length).toBeGreaterThan(0);
  });
});

describe("a tenant's own policies", () => {
  it('only forbid, and only what leaves', () => {
    expect(faultsOfAdditions(parsePolicies(HUNDRED))).toEqual([]);
    expect(faultsOfAdditions(parsePolicies(HUNDRED.replace('forbid (', 'permit (')))).toHaveLength(1);
    const access = HUNDRED.replace('action in Action::"any release"', 'action == Action::"approval:decide"');
    expect(faultsOfAdditions(parsePolicies(access))).toHaveLength(1);
  });
});

// Conditions of every shape that a release knows, and of persons.
const fact = fc.constantFrom(
  'context.contributors.isEmpty()',
  'context.withRule.containsAll(context.contributors)',
  'context has collaborationEndsAt',
  'context.collaborationStatus == "active"',
  'principal has tenantId',
);
const number = fc.tuple(
  fc.constantFrom('persons', 'threshold'),
  fc.constantFrom('<', '>=', '=='),
  fc.integer({ min: 0, max: 2000 }),
);
const atom = fc.oneof(
  fact,
  number.map(([name, operator, bound]) => `context.${name} ${operator} ${bound}`),
);
const body = fc.oneof(
  atom,
  fc.tuple(atom, fc.constantFrom('&&', '||'), atom).map(([left, operator, right]) => `${left} ${operator} ${right}`),
);
const forbid = fc.tuple(fc.constantFrom('when', 'unless'), body).map(
  ([kind, condition]) => `@id("random") @title("t") @reason("r") @code("below_threshold")
forbid (principal, action in Action::"any release", resource) ${kind} { ${condition} };`,
);

it('adding a forbid never allows more', () => {
  const releases = requests
    .filter(({ action }) => action.endsWith(':release'))
    .map((request) => ({ request, before: shipped.decide(request).outcome }));
  let forbade = 0;
  fc.assert(
    fc.property(forbid, (text) => {
      const added = parsePolicies(text).map((policy) => namedAddition('ten_x', policy));
      const edited = makePolicySet({ schema, policies: [...policies, ...added] });
      for (const { request, before } of releases) {
        const after = edited.decide(request).outcome;
        if (before === 'deny') expect(after).toBe('deny');
        else if (after === 'deny') forbade++;
      }
    }),
    { numRuns: 40 },
  );
  expect(forbade).toBeGreaterThan(0);
}, 120_000);

function textOf(id: string): string {
  return policies.find((policy) => policy.id === id)?.text ?? '';
}
