// The English catalogue, area by area. It is the type of every other one. An area is one file and one line.

import { account } from './en/account.ts';
import { analyses } from './en/analyses.ts';
import { approvals } from './en/approvals.ts';
import { audiences } from './en/audiences.ts';
import { auditLog } from './en/audit-log.ts';
import { charts } from './en/charts.ts';
import { collaborations } from './en/collaborations.ts';
import { datasets } from './en/datasets.ts';
import { destinations } from './en/destinations.ts';
import { evidence } from './en/evidence.ts';
import { frame } from './en/frame.ts';
import { home } from './en/home.ts';
import { invitation } from './en/invitation.ts';
import { loads } from './en/loads.ts';
import { onboarding } from './en/onboarding.ts';
import { operator } from './en/operator.ts';
import { parts } from './en/parts.ts';
import { policies } from './en/policies.ts';
import { problems } from './en/problems.ts';
import { reasons } from './en/reasons.ts';
import { rejects } from './en/rejects.ts';
import { requests } from './en/requests.ts';
import { segments } from './en/segments.ts';
import { signIn } from './en/sign-in.ts';
import { words } from './en/words.ts';

export const en = {
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
