// The written scenarios as a trial of an edited set: which cases come out otherwise than they are written.
import { readdirSync, readFileSync } from 'node:fs';
import { parse } from 'yaml';
import type { PolicySet } from './decide.ts';
import { type Gate, type Scenario, type ScenarioFile, scenarioRequest } from './scenario.ts';

export interface ScenarioOutcome {
  readonly result: 'allowed' | 'refused';
  readonly because: readonly string[];
  readonly policies: readonly string[];
}

export interface ChangedScenario {
  readonly about: string;
  readonly gate: Gate;
  readonly case: string;
  readonly written: Scenario['result'];
  readonly now: ScenarioOutcome;
}

export interface ScenarioReport {
  readonly cases: number;
  readonly changed: readonly ChangedScenario[];
}

export function readScenarioFiles(folder = new URL('./scenarios/', import.meta.url)): ScenarioFile[] {
  return readdirSync(folder)
    .filter((name) => name.endsWith('.yaml'))
    .sort()
    .map((name) => parse(readFileSync(new URL(name, folder), 'utf8'), { merge: true }) as ScenarioFile);
}

/** A case counts as changed when it is allowed instead of refused, or refused instead of allowed. */
export function runScenarios(set: PolicySet, files: readonly ScenarioFile[] = readScenarioFiles()): ScenarioReport {
  const all = files.flatMap((file) => file.cases.map((scenario) => ({ file, scenario })));
  const changed = all.flatMap(({ file, scenario }) => {
    const now = scenarioOutcome(set, file, scenario);
    if (now.result === scenario.result) return [];
    return [{ about: file.about, gate: file.gate, case: scenario.case, written: scenario.result, now }];
  });
  return { cases: all.length, changed };
}

export function scenarioOutcome(set: PolicySet, file: ScenarioFile, scenario: Scenario): ScenarioOutcome {
  const decision = set.decide(scenarioRequest(file, scenario));
  return {
    result: decision.outcome === 'allow' ? 'allowed' : 'refused',
    because: decision.reasons,
    policies: decision.policies,
  };
}
