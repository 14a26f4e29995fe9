// Audiences and their way out: those there are, and each with its activations and deliveries.
import { route } from '../../router.tsx';
import type { Role } from '../../session.ts';
import type { Area } from '../area.ts';

const READERS: readonly Role[] = ['admin', 'analyst', 'compliance-officer'];

export const audiences: Area = {
  routes: [
    route('/audiences', async () => (await import('./audiences-page.tsx')).AudiencesPage, { roles: READERS }),
    route('/audiences/:audienceId', async () => (await import('./audience-page.tsx')).AudiencePage, { roles: READERS }),
  ],
  navigation: [{ path: '/audiences', label: 'audiences.nav', group: 'work', roles: READERS }],
};
