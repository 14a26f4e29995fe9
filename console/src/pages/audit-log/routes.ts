// The audit log: its explorer, each event with its proof, and receipts that came from elsewhere.
import { route } from '../../router.tsx';
import type { Role } from '../../session.ts';
import type { Area } from '../area.ts';

const ROLES: readonly Role[] = ['admin', 'compliance-officer'];

export const auditLog: Area = {
  routes: [
    route('/audit-log', async () => (await import('./log-page.tsx')).LogPage, { roles: ROLES }),
    route('/audit-log/events/:eventId', async () => (await import('./event-page.tsx')).EventPage, { roles: ROLES }),
    route('/audit-log/verify', async () => (await import('./verify-page.tsx')).VerifyPage),
  ],
  navigation: [
    { path: '/audit-log', label: 'auditLog.nav', group: 'trust', roles: ROLES },
    { path: '/audit-log/verify', label: 'auditLog.verifyNav', group: 'trust' },
  ],
};
