// What charts say besides their figures, in French.
export const charts = {
  asTable: 'En tableau',
  what: 'Quoi',
  interval: 'Dans 19 réponses sur 20',
  note: 'Remarque',
  between: 'entre {low} et {high}',
  lost: 'Moins : {label}',
  inAll: 'Dans {names}',
  onlyIn: 'Dans {names} seulement',
  inBut: 'Dans {names} sans les autres',
  persons: 'Personnes',
  events: 'Événements',
  revenue: 'Chiffre d’affaires',
} as const;
