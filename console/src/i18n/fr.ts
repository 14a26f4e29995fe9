// The French catalogue: the same areas and keys as the English one, which its type demands.
import type { en } from './en.ts';
import { account } from './fr/account.ts';
import { analyses } from './fr/analyses.ts';
import { approvals } from './fr/approvals.ts';
import { audiences } from './fr/audiences.ts';
import { auditLog } from './fr/audit-log.ts';
import { charts } from './fr/charts.ts';
import { collaborations } from './fr/collaborations.ts';
import { datasets } from './fr/datasets.ts';
import { destinations } from './fr/destinations.ts';
import { evidence } from './fr/evidence.ts';
import { frame } from './fr/frame.ts';
import { home } from './fr/home.ts';
import { invitation } from './fr/invitation.ts';
import { loads } from './fr/loads.ts';
import { onboarding } from './fr/onboarding.ts';
import { operator } from './fr/operator.ts';
import { parts } from './fr/parts.ts';
import { policies } from './fr/policies.ts';
import { problems } from './fr/problems.ts';
import { reasons } from './fr/reasons.ts';
import { rejects } from './fr/rejects.ts';
import { requests } from './fr/requests.ts';
import { segments } from './fr/segments.ts';
import { signIn } from './fr/sign-in.ts';
import { words } from './fr/words.ts';
import type { Translation } from './message.ts';

export const fr: { readonly [A in keyof typeof en]: Translation<(typeof en)[A]> } = {
  auditLog,
  analyses,
  audiences,
  destinations,
  segments,
  charts,
  collaborations,
  datasets,
  loads,
  onboarding,
  rejects,
  frame,
  home,
  parts,
  problems,
  reasons,
  signIn,
  approvals,
  policies,
  invitation,
  account,
  evidence,
  requests,
  operator,
  words,
};
