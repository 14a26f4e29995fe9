// For tests of other parts: genuine decisions of the shipped policy set on a sample request, one that allows and one that refuses.
import { audienceRequest } from '../audience-release.ts';
import { type Decision, loadPolicySet } from '../decide.ts';
import { type RecordedDecision, recordedDecision } from '../release.ts';

const EVENT_ID = 'evt_00000000000000000000000000';

export function sampleAllow(): Decision {
  return decideSample(1000);
}

export function sampleDeny(): Decision {
  return decideSample(49);
}

export function sampleRecordedAllow(): RecordedDecision {
  return recordedDecision(sampleAllow(), EVENT_ID);
}

function decideSample(persons: number): Decision {
  const activation = {
    allowed: true,
    destinations: ['file'],
    purposes: ['advertising'],
    approval: 'required',
  } as const;
  const rule = { allowedAnalyses: [], filterAttributes: [], breakdownAttributes: [], activation, privacyThreshold: 50 };
  return loadPolicySet().decide(
    audienceRequest({
      audienceId: 'aud_00000000000000000000000000',
      requestedBy: { memberId: 'analyst', tenantId: 'osec' },
      persons,
      destinationKind: 'file',
      purpose: 'advertising',
      rules: [{ tenantId: 'osec', rule }],
      approvals: [{ tenantId: 'osec', memberId: 'officer', outcome: 'approved' }],
      collaborationStatus: 'own-dataset',
      instant: '2026-01-01T00:00:00.000Z',
    }),
  );
}
