// Turns a scenario, as an officer writes it in `scenarios/*.yaml`, into the question that the service would ask.
// An unknown word in a scenario is an error: a misspelt fact must not pass for an absent one.
import { accessRequest, type Permission, type Role } from './access.ts';
import { aggregateRequest } from './aggregate-release.ts';
import { audienceRequest } from './audience-release.ts';
import { type ConsentClass, personRequest } from './consent.ts';
import type { ActivationRule, CollaborationStatus, UsedAttribute } from './contributor-facts.ts';
import type { PolicyRequest } from './decide.ts';
import { removalRequest } from './removal.ts';

export interface Scenario {
  readonly case: string;
  readonly result: 'allowed' | 'refused';
  readonly because?: readonly string[];
  readonly policies: readonly string[];
  readonly facts: Facts;
}

export interface ScenarioFile {
  readonly about: string;
  readonly gate: Gate;
  readonly usually?: Facts;
  readonly cases: readonly Scenario[];
}

export type Facts = Readonly<Record<string, unknown>>;
export type Gate = 'access' | 'persons' | 'audience' | 'figure' | 'removal';

export function scenarioRequest(file: ScenarioFile, scenario: Scenario): PolicyRequest {
  const facts = { ...file.usually, ...scenario.facts };
  const words = WORDS[file.gate];
  const unknown = Object.keys(facts).filter((word) => !words.includes(word));
  if (unknown.length > 0) throw new Error(`Unknown words in "${scenario.case}": ${unknown.join(', ')}`);
  return REQUESTS[file.gate](facts);
}

const WORDS: Readonly<Record<Gate, readonly string[]>> = {
  access: [
    ...['member', 'member of', 'roles', 'key narrowed to', 'wants', 'belongs to', 'shared with', 'asked for by'],
    ...['let in to', 'let in until', 'at'],
  ],
  persons: [
    ...['destination', 'purpose', 'at', 'evidence', 'consents', 'suppressed', 'erased'],
    ...['unreadable', 'withdrawn', 'opted out', 'known child'],
  ],
  audience: [
    ...['asked for by', 'of tenant', 'persons', 'threshold', 'destination', 'region', 'purpose', 'at'],
    ...['contributors', 'approvals', 'filters on', 'collaboration', 'ends at', 'differs by'],
    ...['must have', 'costs', 'budget left', 'releases today', 'held in'],
    ...['tells rows', 'serves only'],
  ],
  removal: ['destination', 'reason'],
  figure: [
    ...['analysis', 'asked for by', 'of tenant', 'persons', 'threshold', 'at'],
    ...['contributors', 'filters on', 'collaboration', 'ends at', 'breaks down by', 'costs', 'budget left'],
    ...['releases today', 'region', 'held in'],
  ],
};

const REQUESTS: Readonly<Record<Gate, (facts: Facts) => PolicyRequest>> = {
  access: (facts) =>
    accessRequest({
      member: {
        id: text(facts.member ?? 'Ana'),
        tenantId: facts['member of'] === 'no tenant' ? null : text(facts['member of']),
        roles: list(facts.roles) as Role[],
        ...(facts['key narrowed to'] === undefined ? {} : { scopes: list(facts['key narrowed to']) as Permission[] }),
        ...(facts['let in to'] === undefined
          ? {}
          : {
              glass: { permissions: list(facts['let in to']), until: text(facts['let in until']), now: text(facts.at) },
            }),
      },
      permission: text(facts.wants) as Permission,
      resource: {
        type: 'thing',
        tenantId: facts['belongs to'] === 'the service' ? null : text(facts['belongs to']),
        memberTenantIds: list(facts['shared with']),
        ...(facts['asked for by'] === undefined ? {} : { requestedBy: text(facts['asked for by']) }),
      },
    }),
  persons: (facts) =>
    personRequest({
      consentClass: {
        id: 1,
        source: text(facts.evidence) as ConsentClass['source'],
        grants: records(facts.consents).map((grant) => ({
          purpose: text(grant.purpose),
          destinations: list(grant.destinations),
          ...(grant.until === undefined ? {} : { expiresAt: text(grant.until) }),
        })),
        isReadable: facts.unreadable !== true,
        isWithdrawn: facts.withdrawn === true,
        isOptedOut: facts['opted out'] === true,
        isKnownChild: facts['known child'] === true,
      },
      destinationKind: text(facts.destination),
      purpose: text(facts.purpose),
      instant: text(facts.at),
      suppressed: facts.suppressed === true,
      erased: facts.erased === true,
    }),
  audience: (facts) =>
    audienceRequest({
      audienceId: 'aud',
      ...releaseFacts(facts),
      destinationKind: text(facts.destination),
      destinationRegion: regionOf(facts),
      purpose: text(facts.purpose),
      ...(facts['tells rows'] === undefined ? {} : { tellsRows: facts['tells rows'] === true }),
      ...(facts['serves only'] === undefined ? {} : { destinationPurposes: list(facts['serves only']) }),
      ...(facts['must have'] === undefined ? {} : { minimumPersons: facts['must have'] as number }),
      ...(facts['differs by'] === undefined ? {} : { smallestDifference: facts['differs by'] as number }),
      approvals: records(facts.approvals).map((approval) => ({
        tenantId: text(approval.for),
        memberId: text(approval.by),
        outcome: approval.outcome === 'rejected' ? 'rejected' : 'approved',
      })),
    }),
  removal: (facts) =>
    removalRequest({ audienceId: 'aud', destinationKind: text(facts.destination), reason: text(facts.reason) }),
  figure: (facts) =>
    aggregateRequest({
      analysis: text(facts.analysis),
      ...releaseFacts(facts),
      receiverRegion: regionOf(facts),
      breakdownAttributes: list(facts['breaks down by']).map(usedAttribute),
    }),
};

function releaseFacts(facts: Facts) {
  return {
    requestedBy: { memberId: text(facts['asked for by']), tenantId: text(facts['of tenant']) },
    persons: facts.persons as number,
    ...(facts.threshold === undefined ? {} : { threshold: facts.threshold as number }),
    rules: records(facts.contributors).map(contributorRule),
    filterAttributes: list(facts['filters on']).map(usedAttribute),
    collaborationStatus: text(facts.collaboration) as CollaborationStatus,
    ...(facts['ends at'] === undefined ? {} : { collaborationEndsAt: text(facts['ends at']) }),
    instant: text(facts.at),
    ...(facts['held in'] === undefined ? {} : { collaborationRegion: text(facts['held in']) }),
    ...(facts.costs === undefined
      ? {}
      : { budget: { cost: BigInt(facts.costs as number), left: BigInt(facts['budget left'] as number) } }),
    ...(facts['releases today'] === undefined ? {} : { releasesToday: facts['releases today'] as number }),
  };
}

/** Of the destination, or of who asked for a figure. */
function regionOf(facts: Facts): string | null {
  return facts.region === undefined ? null : text(facts.region);
}

function contributorRule(contributor: Facts): ActivationRule {
  const tenantId = text(contributor.tenant);
  if (contributor.rule === 'none') return { tenantId, rule: null };
  return {
    tenantId,
    rule: {
      allowedAnalyses: list(contributor.analyses),
      filterAttributes: list(contributor['opens for filtering']),
      breakdownAttributes: list(contributor['opens for breakdown']),
      activation: {
        allowed: contributor.activation === 'allowed',
        destinations: list(contributor.destinations),
        purposes: list(contributor.purposes),
        approval: contributor.approval === 'waived' ? 'not-required' : 'required',
        ...(contributor['lets come back'] === undefined
          ? {}
          : { recordAttributes: list(contributor['lets come back']) }),
      },
      privacyThreshold: (contributor.threshold as number | undefined) ?? 50,
      ...(contributor.regions === undefined ? {} : { regions: list(contributor.regions) }),
    },
  };
}

function usedAttribute(word: string): UsedAttribute {
  const [tenantId = '', name = ''] = word.split(' ');
  return { tenantId, name };
}

function text(value: unknown): string {
  if (typeof value !== 'string') throw new Error(`A scenario lacks a word: ${JSON.stringify(value)}`);
  return value;
}

function list(value: unknown): string[] {
  return ((value ?? []) as unknown[]).map(text);
}

function records(value: unknown): Facts[] {
  return (value ?? []) as Facts[];
}
