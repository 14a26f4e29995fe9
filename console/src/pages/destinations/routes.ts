// Destinations: where audiences may go, and what became of what was sent.
import { route } from '../../router.tsx';
import type { Role } from '../../session.ts';
import type { Area } from '../area.ts';

const READERS: readonly Role[] = ['admin', 'analyst', 'compliance-officer', 'connector'];

export const destinations: Area = {
  routes: [
    route('/destinations', async () => (await import('./destinations-page.tsx')).DestinationsPage, { roles: READERS }),
    route('/destinations/new', async () => (await import('./new-destination-page.tsx')).NewDestinationPage, {
      roles: ['admin'],
    }),
    route('/destinations/:destinationId', async () => (await import('./destination-page.tsx')).DestinationPage, {
      roles: READERS,
    }),
    route('/deliveries/:deliveryId', async () => (await import('./delivery-page.tsx')).DeliveryPage, {
      roles: READERS,
    }),
  ],
  navigation: [{ path: '/destinations', label: 'destinations.nav', group: 'work', roles: READERS }],
};
