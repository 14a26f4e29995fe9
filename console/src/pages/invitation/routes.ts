// Invitations into collaborations: what one would allow, accepting, and the first contribution.
import { route } from '../../router.tsx';
import type { Role } from '../../session.ts';
import type { Area } from '../area.ts';

const ROLES: readonly Role[] = ['admin', 'data-engineer'];

export const invitation: Area = {
  routes: [
    route('/invitations', async () => (await import('./invitations-page.tsx')).InvitationsPage, { roles: ROLES }),
    route('/invitations/:collaborationId', async () => (await import('./invitation-page.tsx')).InvitationPage, {
      roles: ROLES,
    }),
  ],
  navigation: [{ path: '/invitations', label: 'invitation.nav', group: 'work', roles: ROLES }],
};
