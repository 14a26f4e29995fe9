// Datasets and their loads.
import { route } from '../../router.tsx';
import type { Role } from '../../session.ts';
import type { Area } from '../area.ts';

const ROLES: readonly Role[] = ['admin', 'analyst', 'compliance-officer', 'data-engineer'];

export const datasets: Area = {
  routes: [
    route('/datasets', async () => (await import('./datasets-page.tsx')).DatasetsPage, { roles: ROLES }),
    route('/datasets/:datasetId', async () => (await import('./dataset-page.tsx')).DatasetPage, { roles: ROLES }),
    route('/loads/:loadId', async () => (await import('./load-page.tsx')).LoadPage, { roles: ROLES }),
  ],
  navigation: [{ path: '/datasets', label: 'datasets.nav', group: 'data', roles: ROLES }],
};
