// Signing in: by password or by the organisation's own sign-on, and for the first time by a one-time link.
import { route } from '../../router.tsx';
import type { Area } from '../area.ts';

export const signIn: Area = {
  routes: [
    route('/sign-in', async () => (await import('./sign-in-page.tsx')).SignInPage, { isOpen: true }),
    route('/welcome', async () => (await import('./welcome-page.tsx')).WelcomePage, { isOpen: true }),
  ],
  navigation: [],
};
