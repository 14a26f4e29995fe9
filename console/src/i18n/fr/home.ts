// What the first page says, in French.
export const home = {
  nav: 'Accueil',
  title: 'Bonjour, {name}',
  lead: 'Les clients entrent hachés, sont rapprochés à l’intérieur, et ne sortent que par une porte qu’une règle ouvre et dont le journal se souvient.',
  roles: 'Vos rôles',
  where: 'Où aller',
} as const;
