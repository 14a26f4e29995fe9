// What each role looks at first, read from the service: what waits for a person before what merely is.
import { answered, api, everyItem } from '../../api/client.ts';
import { formatDistance } from '../../i18n/formats.ts';
import { type LabelKey, t } from '../../i18n/i18n.ts';
import type { Role } from '../../session.ts';
import type { GlanceAnswer } from './glance.tsx';

interface Glanced {
  readonly title: LabelKey;
  readonly to: string;
  readonly roles: readonly Role[];
  readonly read: () => Promise<GlanceAnswer>;
}

const from = (cursor: string | undefined) => (cursor === undefined ? {} : { cursor });

export const GLANCES: readonly Glanced[] = [
  { title: 'home.approvals', to: '/approvals', roles: ['compliance-officer', 'analyst', 'operator'], read: approvals },
  { title: 'home.requests', to: '/requests', roles: ['compliance-officer'], read: requests },
  { title: 'home.invitations', to: '/invitations', roles: ['admin'], read: invitations },
  {
    title: 'home.collaborations',
    to: '/collaborations',
    roles: ['admin', 'analyst', 'compliance-officer', 'data-engineer'],
    read: collaborations,
  },
  {
    title: 'home.datasets',
    to: '/datasets',
    roles: ['data-engineer', 'analyst', 'compliance-officer'],
    read: datasets,
  },
  { title: 'home.service', to: '/service', roles: ['operator'], read: service },
];

async function approvals(): Promise<GlanceAnswer> {
  const waiting = await everyItem((cursor) =>
    api.GET('/v1/approvals', { params: { query: { status: 'pending', ...from(cursor) } } }),
  );
  const count = waiting.length;
  const [first] = waiting.map(({ expires_at }) => expires_at).sort();
  return {
    count,
    label: t('home.approvalsWait', { count }),
    ...(first === undefined ? {} : { note: t('home.firstExpires', { when: formatDistance(first, Date.now()) }) }),
  };
}

async function requests(): Promise<GlanceAnswer> {
  const [deletions, accesses] = await Promise.all([
    everyItem((cursor) => api.GET('/v1/deletion-requests', { params: { query: from(cursor) } })),
    everyItem((cursor) => api.GET('/v1/access-requests', { params: { query: from(cursor) } })),
  ]);
  const open = [...deletions, ...accesses].filter(({ days_left }) => days_left !== null);
  const [first] = open.map(({ due_at }) => due_at).sort();
  return {
    count: open.length,
    label: t('home.requestsOpen', { count: open.length }),
    ...(first === undefined ? {} : { note: t('home.firstDue', { when: formatDistance(first, Date.now()) }) }),
  };
}

async function invitations(): Promise<GlanceAnswer> {
  const invited = (await allCollaborations()).filter(({ status }) => status === 'invited');
  return { count: invited.length, label: t('home.invitationsOpen', { count: invited.length }) };
}

async function collaborations(): Promise<GlanceAnswer> {
  const active = (await allCollaborations()).filter(({ status }) => status === 'active');
  return {
    count: active.length,
    label: t('home.collaborationsActive', { count: active.length }),
    ...(active.length === 0 ? {} : { note: active.map(({ name }) => name).join(', ') }),
  };
}

function allCollaborations() {
  return everyItem((cursor) => api.GET('/v1/collaborations', { params: { query: from(cursor) } }));
}

async function datasets(): Promise<GlanceAnswer> {
  const all = await everyItem((cursor) => api.GET('/v1/datasets', { params: { query: from(cursor) } }));
  const persons = all.reduce((sum, one) => sum + one.persons, 0);
  return {
    count: all.length,
    label: t('home.datasetsKept', { count: all.length }),
    note: t('home.personsKept', { count: persons }),
  };
}

async function service(): Promise<GlanceAnswer> {
  const { jobs } = await answered(api.GET('/v1/service'));
  const of = (...states: readonly string[]) =>
    jobs.filter(({ state }) => states.includes(state)).reduce((sum, { count }) => sum + count, 0);
  const underWay = of('queued', 'running');
  return {
    count: underWay,
    label: t('home.jobsUnderWay', { count: underWay }),
    note: t('home.jobsFailed', { count: of('failed') }),
  };
}
