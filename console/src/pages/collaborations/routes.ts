// Collaborations: all of them at a glance, and each by itself.
import { route } from '../../router.tsx';
import type { Role } from '../../session.ts';
import type { Area } from '../area.ts';

const ROLES: readonly Role[] = ['admin', 'analyst', 'compliance-officer', 'data-engineer'];

export const collaborations: Area = {
  routes: [
    route('/collaborations', async () => (await import('./collaborations-page.tsx')).CollaborationsPage, {
      roles: ROLES,
    }),
    route(
      '/collaborations/:collaborationId',
      async () => (await import('./collaboration-page.tsx')).CollaborationPage,
      {
        roles: ROLES,
      },
    ),
  ],
  navigation: [{ path: '/collaborations', label: 'collaborations.nav', group: 'work', roles: ROLES }],
};
