// The name of a member where an id stands. Read once for all; whoever may not read names sees the id.
import { signal } from '@preact/signals';
import { t } from '../i18n/i18n.ts';
import { hasAnyRole, session } from '../session.ts';
import { api, everyItem } from './client.ts';

const names = signal<ReadonlyMap<string, string> | undefined>(undefined);
let askedFor: string | undefined;

function readNames(): void {
  const tenantId = session.value?.tenant?.id;
  if (tenantId === undefined || askedFor === tenantId || !hasAnyRole(['admin', 'compliance-officer'])) return;
  askedFor = tenantId;
  everyItem((cursor) => api.GET('/v1/members', { params: { query: cursor ? { cursor } : {} } })).then(
    (members) => {
      names.value = new Map(members.map(({ id, name }) => [id, name]));
    },
    () => {
      // The id says who it was as well.
      askedFor = undefined;
    },
  );
}

export function MemberName({ id }: { id: string }) {
  readNames();
  if (id === session.value?.member.id) return <>{t('parts.you', { name: session.value.member.name })}</>;
  const name = names.value?.get(id);
  return name === undefined ? <code>{id}</code> : <span title={id}>{name}</span>;
}
