// What the pages of collaborations say, in French.
export const collaborations = {
  nav: 'Collaborations',
  title: 'Collaborations',
  lead: 'Les espaces où se trouve votre organisation : qui y est, quelles en sont les règles, et ce qui reste du budget de confidentialité.',
  empty: 'Aucune collaboration pour l’instant',
  emptyText:
    'Une collaboration est un espace clos où deux organisations ou plus rapprochent leurs clients sans se les montrer. Un administrateur la rédige et invite les autres.',
  members: 'Membres',
  you: 'vous',
  matchedBy: 'Rapprochés par',
  threshold: 'Seuil de confidentialité',
  budget: 'Budget de confidentialité restant',
  budgetWhat: 'Qu’est-ce que c’est ?',
  budgetMeaning:
    'Chaque réponse dit un peu des personnes qu’elle concerne. Le budget borne ce que toutes les réponses d’une collaboration peuvent dire ensemble, afin que personne ne puisse être isolé à force de questions. Chaque question montre son coût avant d’être posée ; la même question sur les mêmes données ne coûte rien de plus.',
  budgetReturns: 'Ce qui a été dépensé se libère quand la période fixée par les conditions est passée.',
  view: 'Vue',
  'view-cards': 'Cartes',
  'view-table': 'Tableau',
  name: 'Nom',
  status: 'État',
  since: 'Depuis',
  endsAt: 'Fin',
  noEnd: 'Sans date de fin',
} as const;
