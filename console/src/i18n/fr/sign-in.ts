// What the pages of signing in say, in French.
export const signIn = {
  title: 'Se connecter',
  lead: 'Deux eaux se rencontrent ici, et rien ne passe que par une porte.',
  name: 'Adresse e-mail ou nom de membre',
  password: 'Mot de passe',
  code: 'Code de votre application d’authentification',
  codeHint: 'Six chiffres, ou l’un de vos codes de secours.',
  enter: 'Se connecter',
  signOn: 'Se connecter avec {provider}',
  welcome: 'Bienvenue',
  welcomeLead: 'Choisissez le mot de passe avec lequel vous vous connecterez. Ce lien ne sert qu’une fois.',
  newPassword: 'Nouveau mot de passe',
  newPasswordHint:
    'Au moins {count} caractères. Quelques mots que l’on retient valent mieux que des signes que l’on oublie.',
  again: 'Le même mot de passe, encore une fois',
  setPassword: 'Enregistrer et entrer',
  tooShort: 'Ce mot de passe compte moins de {count} caractères.',
  different: 'Les deux mots de passe diffèrent.',
  noToken: 'Ce lien est incomplet',
  noTokenHint:
    'Ouvrez le lien entier que l’on vous a donné, avec tout ce qui suit le signe #. Un administrateur peut en créer un autre.',
  oidc_failed: 'L’authentification de votre organisation n’a pas abouti. Réessayez, ou utilisez votre mot de passe.',
  oidc_unknown_member:
    'Aucun membre d’ici n’a l’adresse e-mail de ce compte. Demandez à un administrateur de vous ajouter.',
  oidc_second_factor_needed:
    'Vous avez ici un second facteur, et votre connexion d’entreprise n’en a demandé aucun. Connectez-vous avec votre mot de passe.',
  oidc_email_unverified: 'L’adresse e-mail de ce compte n’est pas vérifiée : on ne peut pas savoir à qui il est.',
} as const;
