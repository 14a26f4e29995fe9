// Every scenario comes out as written, and every single policy is needed: deleted or negated, some scenario fails.
import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { loadPolicySet, makePolicySet, type PolicySet } from './decide.ts';
import { PolicyError } from './policy-error.ts';
import { type Policy, readPolicySource } from './policy-source.ts';
import { type Scenario, type ScenarioFile, scenarioRequest } from './scenario.ts';

const folder = new URL('./scenarios/', import.meta.url);
const files = readdirSync(folder).map(
  (name) => parse(readFileSync(new URL(name, folder), 'utf8'), { merge: true }) as ScenarioFile,
);
const source = readPolicySource(new URL('./', import.meta.url));
const shipped = loadPolicySet();

describe.each(files)('$about', (file) => {
  it.each(file.cases)('$case: $result', (scenario) => {
    expect(outcome(shipped, file, scenario)).toEqual(expected(scenario));
  });
});

describe('the scenarios', () => {
  it('are at least forty', () => {
    expect(files.flatMap(({ cases }) => cases).length).toBeGreaterThanOrEqual(40);
  });

  it('name every policy', () => {
    const named = new Set(files.flatMap(({ cases }) => cases.flatMap(({ policies }) => policies)));
    expect(source.policies.map(({ id }) => id).filter((id) => !named.has(id))).toEqual([]);
  });

  it('reject a misspelt fact', () => {
    const file: ScenarioFile = { about: '', gate: 'figure', cases: [] };
    const scenario: Scenario = { case: '', result: 'allowed', policies: [], facts: { treshold: 50 } };
    expect(() => scenarioRequest(file, scenario)).toThrow('treshold');
  });
});

it('notice nothing about the policies as they are', () => {
  expect(isNoticed(source.policies)).toBe(false);
});

describe.each(source.policies)('$id', (policy) => {
  it('cannot be deleted', () => {
    expect(isNoticed(source.policies.filter(({ id }) => id !== policy.id))).toBe(true);
  });

  it.each(negations(policy))('cannot be negated: %s', (_name, negated) => {
    expect(isNoticed(source.policies.map((each) => (each.id === policy.id ? negated : each)))).toBe(true);
  });
});

function outcome(set: PolicySet, file: ScenarioFile, scenario: Scenario) {
  const decision = set.decide(scenarioRequest(file, scenario));
  return {
    result: decision.outcome === 'allow' ? 'allowed' : 'refused',
    because: decision.reasons,
    policies: decision.policies,
  };
}

function expected(scenario: Scenario) {
  return {
    result: scenario.result,
    because: [...(scenario.because ?? [])].sort(),
    policies: [...scenario.policies].sort(),
  };
}

function isNoticed(policies: readonly Policy[]): boolean {
  const set = makePolicySet({ schema: source.schema, policies });
  return files.some((file) =>
    file.cases.some((scenario) => JSON.stringify(outcome(set, file, scenario)) !== JSON.stringify(expected(scenario))),
  );
}

/** The policy with its effect turned round, and with each of its conditions turned round. */
function negations(policy: Policy): [string, Policy][] {
  const opposite = policy.effect === 'permit' ? 'forbid' : 'permit';
  const flipped = policy.text.replace(new RegExp(`^${policy.effect}\\b`, 'm'), opposite);
  if (flipped === policy.text) throw new PolicyError('policy_unreadable', policy.id);
  const conditions = [...policy.text.matchAll(/^(when|unless) /gm)].map((match): [string, Policy] => {
    const turned = match[1] === 'when' ? 'unless' : 'when';
    const text = `${policy.text.slice(0, match.index)}${turned}${policy.text.slice(match.index + match[1]!.length)}`;
    return [`${match[1]} becomes ${turned}`, { ...policy, text }];
  });
  return [[`${policy.effect} becomes ${opposite}`, { ...policy, effect: opposite, text: flipped }], ...conditions];
}
