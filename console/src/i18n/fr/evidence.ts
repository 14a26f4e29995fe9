// What the page of evidence packs says, in French.
export const evidence = {
  nav: 'Preuves',
  title: 'Dossiers de preuve',
  lead: 'Un ZIP qui prouve quelque chose à quelqu’un qui n’est pas ici : un auditeur, une autorité, un partenaire. Il se vérifie sans ce service et sans réseau.',
  about: 'Ce qu’il prouve',
  'kind-delivery': 'Une livraison',
  'kind-collaboration': 'Une collaboration',
  'kind-person-request': 'L’effacement d’une personne',
  'kind-period': 'Une période',
  'none-delivery': 'Rien n’a encore été livré',
  'none-collaboration': 'Votre organisation n’est dans aucune collaboration',
  'none-person-request': 'Personne n’a encore demandé d’effacement',
  choose: 'Choisir',
  since: 'À partir du',
  until: 'Avant le',
  packing: 'Rassemblement des événements, preuves, règles et rapports…',
  done: 'Le dossier de {size} est dans vos téléchargements. Le fait qu’il a été établi est un événement du journal.',
  ask: 'Établir le dossier',
  inside: 'Ce qu’il contient',
  insideText:
    'Des pages à lire et à imprimer ; les événements, octet pour octet, chacun avec sa preuve ; points de contrôle et clés ; les règles qui ont décidé ; approbations et rapports ; et deux programmes qui vérifient le tout. Aucun client n’y est.',
  verify:
    'Sortez-en l’un des programmes, ou mieux, prenez-le d’un dossier auquel vous vous fiez déjà, et donnez-lui le ZIP :',
} as const;
