// The audience and its way out: segment, audience, a dry run, two approvals by people who did not ask, one delivery.
import type { Activation, Delivery } from '../../openapi/generated/api.ts';
import { answer, DemoFailure, jobDone } from './api.ts';
import type { Organisation } from './tenants.ts';

export interface Activated {
  readonly audienceId: string;
  readonly activationId: string;
  readonly destinationId: string;
  readonly segmentDescription: string;
  readonly delivery: Delivery;
  readonly approvalReceiptEventIds: string[];
}

export interface XandrSeat {
  readonly url: string;
  readonly memberId: number;
  readonly segmentId: number;
  readonly username: string;
  readonly password: string;
}

export async function activateAudience(story: {
  osec: Organisation;
  rando: Organisation;
  collaborationId: string;
  matchId: string;
  segment: string;
  seat: XandrSeat;
}): Promise<Activated> {
  const { analyst } = story.osec;
  const segment = await answer(
    'writing the segment',
    analyst.api.POST('/v1/segments', {
      body: { name: 'Hikers due a raincoat', collaboration_id: story.collaborationId, text: story.segment },
    }),
  );
  const audience = await answer(
    'asking for the audience',
    analyst.api.POST('/v1/audiences', {
      body: { name: 'Hikers due a raincoat', segment_id: segment.id, match_id: story.matchId },
    }),
  );
  await jobDone('evaluating the audience', analyst, audience.job_id);
  const destinationId = await configureXandr(story.osec, story.seat);
  const activation = await answer(
    'drafting the activation',
    analyst.api.POST('/v1/activations', {
      body: { audience_id: audience.id, destination_id: destinationId, purpose: 'advertising' },
    }),
  );
  await dryRun(story.osec, activation.id);
  await submit(story.osec, activation.id);
  const receipts = await approve(activation.id, story.osec, story.rando);
  return {
    audienceId: audience.id,
    activationId: activation.id,
    destinationId,
    segmentDescription: segment.description,
    delivery: await deliver(story.osec, activation.id),
    approvalReceiptEventIds: receipts,
  };
}

export async function configureXandr({ admin }: Organisation, seat: XandrSeat): Promise<string> {
  const destination = await answer(
    'configuring the destination',
    admin.api.POST('/v1/destinations', {
      body: {
        name: 'Xandr seat of Osec',
        kind: 'xandr',
        settings: { api_url: seat.url, member_id: seat.memberId, segment_id: seat.segmentId },
        credentials: { username: seat.username, password: seat.password },
      },
    }),
  );
  return destination.id;
}

async function dryRun({ analyst }: Organisation, activationId: string): Promise<void> {
  const params = { path: { activation_id: activationId } };
  const { job_id } = await answer('dry run', analyst.api.POST('/v1/activations/{activation_id}/dry-run', { params }));
  await jobDone('dry run', analyst, job_id);
}

async function submit({ analyst }: Organisation, activationId: string): Promise<void> {
  const params = { path: { activation_id: activationId } };
  const submitted: Activation = await answer(
    'asking for approval',
    analyst.api.POST('/v1/activations/{activation_id}/submit', { params }),
  );
  if (submitted.status === 'refused') throw new DemoFailure('asking for approval: refused by policy');
}

/** Every contributor's compliance officer reads the same terms and decides; the analyst who asked may not. */
export async function approve(activationId: string, ...organisations: Organisation[]): Promise<string[]> {
  const receipts: string[] = [];
  for (const organisation of organisations) {
    const { officer, name } = organisation;
    const pending = await answer(
      `${name} reading what is to be approved`,
      officer.api.GET('/v1/approvals', { params: { query: { status: 'pending' } } }),
    );
    for (const approval of pending.items.filter((item) => item.subject.id === activationId)) {
      const decided = await answer(
        `${name} approving`,
        officer.api.POST('/v1/approvals/{approval_id}/decision', {
          params: { path: { approval_id: approval.id } },
          body: { outcome: 'approve', shown_hash: approval.shown_hash, comment: 'Consent and segment checked.' },
        }),
      );
      if (decided.receipt_event_id) receipts.push(decided.receipt_event_id);
    }
  }
  return receipts;
}

async function deliver({ analyst }: Organisation, activationId: string): Promise<Delivery> {
  const params = { path: { activation_id: activationId } };
  const step = 'delivering';
  const { id, job_id } = await answer(step, analyst.api.POST('/v1/activations/{activation_id}/deliveries', { params }));
  await jobDone(step, analyst, job_id);
  return answer(step, analyst.api.GET('/v1/deliveries/{delivery_id}', { params: { path: { delivery_id: id } } }));
}
