// One's own account: sessions, password, second factor.
import { route } from '../../router.tsx';
import type { Area } from '../area.ts';

export const account: Area = {
  routes: [route('/account', async () => (await import('./account-page.tsx')).AccountPage)],
  navigation: [{ path: '/account', label: 'account.nav', group: 'service' }],
};
