// The first page.
import { route } from '../../router.tsx';
import type { Area } from '../area.ts';

export const home: Area = {
  routes: [route('/', async () => (await import('./home-page.tsx')).HomePage)],
  navigation: [{ path: '/', label: 'home.nav', group: 'work' }],
};
