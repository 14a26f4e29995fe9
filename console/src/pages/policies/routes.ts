// Policies: those in force, the versions before them, the sets that decisions name, and proposing others.
import { route } from '../../router.tsx';
import type { Role } from '../../session.ts';
import type { Area } from '../area.ts';

const PROPOSERS: readonly Role[] = ['compliance-officer', 'operator'];

export const policies: Area = {
  routes: [
    route('/policies', async () => (await import('./policies-page.tsx')).PoliciesPage),
    route('/policies/sets/:hash', async () => (await import('./policy-set-page.tsx')).PolicySetPage),
    route('/policies/versions/:versionId', async () => (await import('./version-page.tsx')).VersionPage),
    route('/policies/proposal', async () => (await import('./proposal-page.tsx')).ProposalPage, { roles: PROPOSERS }),
  ],
  navigation: [{ path: '/policies', label: 'policies.nav', group: 'trust' }],
};
