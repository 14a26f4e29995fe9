// Where a data engineer loads a customer file: into a new dataset, or into one that there is.
import { route } from '../../router.tsx';
import type { Role } from '../../session.ts';
import type { Area } from '../area.ts';

const ROLES: readonly Role[] = ['data-engineer'];
const page = async () => (await import('./onboarding-page.tsx')).OnboardingPage;

export const onboarding: Area = {
  routes: [route('/onboarding', page, { roles: ROLES }), route('/datasets/:datasetId/load', page, { roles: ROLES })],
  navigation: [{ path: '/onboarding', label: 'onboarding.nav', group: 'data', roles: ROLES }],
};
