// What the pages of collaborations say, in English.
export const collaborations = {
  nav: 'Collaborations',
  title: 'Collaborations',
  lead: 'The clean rooms that your organisation is in: who is in each, what its rules are, and what is left of its privacy budget.',
  empty: 'No collaboration yet',
  emptyText:
    'A collaboration is a clean room where two or more organisations match their customers without showing them to each other. An administrator drafts one and invites the others.',
  members: 'Members',
  you: 'you',
  matchedBy: 'Matched by',
  threshold: 'Privacy threshold',
  budget: 'Privacy budget left',
  budgetWhat: 'What is this?',
  budgetMeaning:
    'Every answer tells a little about the persons behind it. The budget bounds how much all answers of a collaboration together may tell, so that nobody can be singled out by asking often. Each question shows its cost before it is asked; the same question of the same data is answered again for nothing.',
  budgetReturns: 'What was spent becomes free again when the period of the terms has passed.',
  view: 'View',
  'view-cards': 'Cards',
  'view-table': 'Table',
  name: 'Name',
  status: 'State',
  since: 'Since',
  endsAt: 'Ends',
  noEnd: 'No end date',
} as const;
