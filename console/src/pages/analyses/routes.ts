// Questions: those asked, asking one, and an answer by itself.
import { route } from '../../router.tsx';
import type { Role } from '../../session.ts';
import type { Area } from '../area.ts';

const READERS: readonly Role[] = ['admin', 'analyst', 'compliance-officer'];

export const analyses: Area = {
  routes: [
    route('/analyses', async () => (await import('./analyses-page.tsx')).AnalysesPage, { roles: READERS }),
    route('/collaborations/:collaborationId/ask', async () => (await import('./ask-page.tsx')).AskPage, {
      roles: ['analyst'],
    }),
    route('/runs/:runId', async () => (await import('./run-page.tsx')).RunPage, { roles: READERS }),
  ],
  navigation: [{ path: '/analyses', label: 'analyses.nav', group: 'work', roles: READERS }],
};
