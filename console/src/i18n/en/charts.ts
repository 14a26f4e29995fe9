// What charts say besides their figures, in English.
export const charts = {
  asTable: 'As a table',
  what: 'What',
  interval: 'In 19 of 20 answers',
  note: 'Note',
  between: 'between {low} and {high}',
  lost: 'Less: {label}',
  inAll: 'In {names}',
  onlyIn: 'Only in {names}',
  inBut: 'In {names} alone',
  persons: 'Persons',
  events: 'Events',
  revenue: 'Revenue',
} as const;
