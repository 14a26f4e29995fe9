// Evidence packs: one ZIP that proves something offline to whoever is not here.
import { route } from '../../router.tsx';
import type { Role } from '../../session.ts';
import type { Area } from '../area.ts';

const ROLES: readonly Role[] = ['compliance-officer'];

export const evidence: Area = {
  routes: [route('/evidence', async () => (await import('./evidence-page.tsx')).EvidencePage, { roles: ROLES })],
  navigation: [{ path: '/evidence', label: 'evidence.nav', group: 'trust', roles: ROLES }],
};
