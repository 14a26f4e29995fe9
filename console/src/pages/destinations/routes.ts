// Destinations: where audiences may go.
import { route } from '../../router.tsx';
import type { Role } from '../../session.ts';
import type { Area } from '../area.ts';

const READERS: readonly Role[] = ['admin', 'analyst', 'compliance-officer', 'connector'];

export const destinations: Area = {
  routes: [
    route('/destinations', async () => (await import('./destinations-page.tsx')).DestinationsPage, { roles: READERS }),
  ],
  navigation: [{ path: '/destinations', label: 'destinations.nav', group: 'work', roles: READERS }],
};
