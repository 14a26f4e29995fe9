// Events of the subtype user: a contact joins the group, or leaves it by the flag that the settings name. Pure.
import type { Batch, BatchRules } from '../kit/batches.ts';
import { RowError } from '../kit/errors.ts';
import { MAX_BODY_BYTES, MAX_ID_LENGTH, MAX_SINGLE_EVENTS } from './limits.ts';
import type { MappSettings } from './settings.ts';

export type UserEvent = Readonly<Record<string, string>>;

export function batchRules(settings: MappSettings): BatchRules {
  const { max_events_per_request: most, body_form } = settings;
  const besideIdBytes = Math.max(...[true, false].map((isRemoval) => bytesOf(userEvent('', isRemoval, settings))));
  return {
    checkRow: (id) => (isContactId(id) ? undefined : new RowError('id_invalid')),
    rowBytes: (id) => bytesOf(id) + besideIdBytes,
    maxRows: body_form === 'single' ? Math.min(most, MAX_SINGLE_EVENTS) : most,
    maxBytes: MAX_BODY_BYTES,
    idForm: 'text',
  };
}

const isContactId = (id: string): boolean =>
  id.trim() !== '' && id.length <= MAX_ID_LENGTH && !/\p{Cc}/u.test(id) && id.isWellFormed();

const bytesOf = (value: unknown): number => Buffer.byteLength(JSON.stringify(value));

/** Without a group: the contact itself is meant. That an event without one is taken is not documented [?]. */
export const erasureEvent = (id: string, { id_field }: MappSettings): UserEvent => ({ [id_field]: id, delete: 'true' });

/** Flags are texts, as the vendor's examples have them. */
export function userEvent(id: string, isRemoval: boolean, settings: MappSettings): UserEvent {
  const { id_field, group, attribute, removal } = settings;
  const isGroupNamed = group !== undefined && (!isRemoval || removal !== 'attribute');
  return {
    [id_field]: id,
    ...(isGroupNamed ? { group } : {}),
    ...(attribute === undefined ? {} : { [attribute]: String(!isRemoval) }),
    ...(isRemoval && removal !== 'attribute' ? { [removal]: 'true' } : {}),
  };
}

/** One body a request: all events in a list, or each alone. */
export function eventBodies(batch: Batch, settings: MappSettings): Buffer[] {
  const events: UserEvent[] = [];
  batch.forEach((id, isRemoval) => {
    const isErased = batch.erase && settings.erasure === 'contact';
    events.push(isErased ? erasureEvent(id, settings) : userEvent(id, isRemoval, settings));
  });
  const bodies = settings.body_form === 'array' ? [events] : events;
  return bodies.map((body) => Buffer.from(JSON.stringify(body)));
}
