// What the first page says, in English.
export const home = {
  nav: 'Home',
  title: 'Good to see you, {name}',
  lead: 'Customers come in hashed, are matched inside, and leave only through a gate that a policy opens and the log remembers.',
  roles: 'Your roles',
  where: 'Where to go',
} as const;
