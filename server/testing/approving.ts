// Approving in a scenario: the officer reads the newest request about the subject and answers with the hash of what was shown.
import type { AuditEventName } from '../../audit/event.ts';
import { play, type Step } from './play.ts';
import type { World } from './world.ts';

interface Asked {
  readonly id: string;
  readonly subject: { id: string };
  readonly shown_hash: string;
  // biome-ignore lint/suspicious/noExplicitAny: what is shown is looked into by the scenario that asked for it.
  readonly shown: any;
}

export async function findRequest(world: World, who: string, subject: string): Promise<Asked | undefined> {
  const { body } = await world.call({ who, method: 'GET', path: '/v1/approvals?status=pending' });
  const id = world.names.get(subject) ?? subject;
  return body.items.find((each: Asked) => each.subject.id === id);
}

export async function approve(
  world: World,
  of: {
    who: string;
    subject: string;
    outcome?: 'approve' | 'refuse';
    gets?: Step['gets'];
    showing?: unknown;
    leaves?: AuditEventName | readonly AuditEventName[];
  },
): Promise<void> {
  const { who, subject, outcome = 'approve', gets = 200, showing, leaves = [] } = of;
  const asked = await findRequest(world, who, subject);
  if (asked === undefined) throw new Error(`${who} was not asked about ${subject}`);
  const step = { who, does: `POST /v1/approvals/${asked.id}/decision`, gets, leaves };
  const sending = { outcome, shown_hash: asked.shown_hash, comment: 'Read.' };
  await play(world, [{ ...step, sending, ...(showing === undefined ? {} : { showing }) }]);
}
