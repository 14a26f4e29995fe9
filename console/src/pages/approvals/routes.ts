// Approvals: what waits for a second person, and what was decided.
import { route } from '../../router.tsx';
import type { Role } from '../../session.ts';
import type { Area } from '../area.ts';

const ROLES: readonly Role[] = ['compliance-officer', 'admin', 'analyst', 'operator'];

export const approvals: Area = {
  routes: [
    route('/approvals', async () => (await import('./approvals-page.tsx')).ApprovalsPage, { roles: ROLES }),
    route('/approvals/:approvalId', async () => (await import('./approval-page.tsx')).ApprovalPage, { roles: ROLES }),
  ],
  navigation: [{ path: '/approvals', label: 'approvals.nav', group: 'trust', roles: ROLES }],
};
