// People's requests: deletion, access and objection, each with its deadline.
import { route } from '../../router.tsx';
import type { Role } from '../../session.ts';
import type { Area } from '../area.ts';

const READERS: readonly Role[] = ['compliance-officer', 'admin'];
const OFFICERS: readonly Role[] = ['compliance-officer'];

export const requests: Area = {
  routes: [
    route('/requests', async () => (await import('./requests-page.tsx')).RequestsPage, { roles: READERS }),
    route('/requests/new', async () => (await import('./new-request-page.tsx')).NewRequestPage, { roles: OFFICERS }),
    route('/requests/deletions/:requestId', async () => (await import('./deletion-page.tsx')).DeletionPage, {
      roles: READERS,
    }),
    route('/requests/access/:requestId', async () => (await import('./access-page.tsx')).AccessPage, {
      roles: OFFICERS,
    }),
  ],
  navigation: [{ path: '/requests', label: 'requests.nav', group: 'trust', roles: READERS }],
};
