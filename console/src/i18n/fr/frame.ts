// What the frame around every page says, in French.
export const frame = {
  skip: 'Aller au contenu',
  menu: 'Menu',
  navigation: 'Pages',
  'group-work': 'Analyses',
  'group-data': 'Données',
  'group-trust': 'Confiance',
  'group-service': 'Service',
  theme: 'Thème',
  'theme-system': 'Système',
  'theme-light': 'Clair',
  'theme-dark': 'Sombre',
  language: 'Langue',
  signOut: 'Se déconnecter',
  wholeService: 'Tout le service',
  missing: 'Cette page n’existe pas',
  missingHint:
    'L’adresse est peut-être mal saisie, ou ce qu’elle montrait a disparu. La navigation mène à tout ce qui existe.',
  notYourRole: 'Cette page est réservée à un autre rôle',
  notYourRoleHint: 'Demandez à un administrateur de votre organisation si vous devriez avoir ce rôle.',
} as const;
