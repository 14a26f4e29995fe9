// Every area of the console, in the order of the navigation: one line for each.
import type { Route } from '../router.tsx';
import { account } from './account/routes.ts';
import { analyses } from './analyses/routes.ts';
import { approvals } from './approvals/routes.ts';
import type { Area, NavigationEntry } from './area.ts';
import { audiences } from './audiences/routes.ts';
import { auditLog } from './audit-log/routes.ts';
import { collaborations } from './collaborations/routes.ts';
import { datasets } from './datasets/routes.ts';
import { destinations } from './destinations/routes.ts';
import { evidence } from './evidence/routes.ts';
import { home } from './home/routes.ts';
import { invitation } from './invitation/routes.ts';
import { onboarding } from './onboarding/routes.ts';
import { operator } from './operator/routes.ts';
import { policies } from './policies/routes.ts';
import { requests } from './requests/routes.ts';
import { segments } from './segments/routes.ts';
import { signIn } from './sign-in/routes.ts';

const AREAS: readonly Area[] = [
  home,
  collaborations,
  analyses,
  segments,
  audiences,
  destinations,
  datasets,
  onboarding,
  invitation,
  approvals,
  auditLog,
  evidence,
  policies,
  requests,
  operator,
  account,
  // signing in comes last: it has no place in the navigation
  signIn,
];

export const ROUTES: readonly Route[] = AREAS.flatMap((area) => area.routes);
export const NAVIGATION: readonly NavigationEntry[] = AREAS.flatMap((area) => area.navigation);
