// Change proposals in the database.
import { recordStore } from '../database/record-store.ts';
import { rowMapping } from '../database/row-mapping.ts';
import type { ChangeProposal } from './change-proposal.ts';

export const changeProposals = recordStore('change_proposals', {
  noun: 'change proposal',
  mapping: rowMapping<ChangeProposal>(['change', 'acceptances']),
});
