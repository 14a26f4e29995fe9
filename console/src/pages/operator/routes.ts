// Running the service, for its operators; and an organisation's own people, keys, jobs and destinations, for its administrators.
import { route } from '../../router.tsx';
import type { Role } from '../../session.ts';
import type { Area } from '../area.ts';

const OPERATORS: readonly Role[] = ['operator'];
const ADMINS: readonly Role[] = ['admin'];
const TENANT_ROLES: readonly Role[] = ['admin', 'data-engineer', 'analyst', 'compliance-officer', 'connector'];
const MEMBER_READERS: readonly Role[] = ['admin', 'compliance-officer'];

export const operator: Area = {
  routes: [
    route('/service', async () => (await import('./service-page.tsx')).ServicePage, { roles: OPERATORS }),
    route('/tenants', async () => (await import('./tenants-page.tsx')).TenantsPage, { roles: OPERATORS }),
    route('/members', async () => (await import('./members-page.tsx')).MembersPage, { roles: MEMBER_READERS }),
    route('/keys', async () => (await import('./keys-page.tsx')).KeysPage, { roles: MEMBER_READERS }),
    route('/jobs', async () => (await import('./jobs-page.tsx')).JobsPage, { roles: TENANT_ROLES }),
  ],
  navigation: [
    { path: '/service', label: 'operator.navService', group: 'service', roles: OPERATORS },
    { path: '/tenants', label: 'operator.navTenants', group: 'service', roles: OPERATORS },
    { path: '/members', label: 'operator.navMembers', group: 'service', roles: ADMINS },
    { path: '/keys', label: 'operator.navKeys', group: 'service', roles: MEMBER_READERS },
    { path: '/jobs', label: 'operator.navJobs', group: 'service', roles: TENANT_ROLES },
  ],
};
