// Segments: those kept, building one, and each by itself.
import { route } from '../../router.tsx';
import type { Role } from '../../session.ts';
import type { Area } from '../area.ts';

const READERS: readonly Role[] = ['admin', 'analyst', 'compliance-officer'];

export const segments: Area = {
  routes: [
    route('/segments', async () => (await import('./segments-page.tsx')).SegmentsPage, { roles: READERS }),
    route('/segments/new', async () => (await import('./builder-page.tsx')).BuilderPage, { roles: ['analyst'] }),
    route('/segments/:segmentId', async () => (await import('./segment-page.tsx')).SegmentPage, { roles: READERS }),
  ],
  navigation: [{ path: '/segments', label: 'segments.nav', group: 'work', roles: READERS }],
};
