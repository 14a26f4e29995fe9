// What the parts of the design say, in French.
export const parts = {
  loading: 'Chargement…',
  retry: 'Réessayer',
  close: 'Fermer',
  you: '{name} (vous)',
  request: 'Requête {id}',
  decidedBy: { one: 'Décidé par la règle', other: 'Décidé par les règles' },
} as const;
