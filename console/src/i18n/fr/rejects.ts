// What to do about each code of a rejected row, blanked cell or failed load, in French.
export const rejects = {
  column_count:
    'La ligne a plus ou moins de champs que l’en-tête. Un séparateur se trouve dans un champ : mettez ces champs entre guillemets.',
  line_malformed: 'La ligne n’est pas un objet JSON. Exportez de nouveau le fichier.',
  quote_malformed:
    'Un guillemet dans un champ n’est écrit qu’une fois. Doublez-le (""), ou exportez avec un outil qui le fait.',
  no_identifier:
    'Aucun identifiant de la ligne n’est utilisable : personne ne peut être rapproché. Complétez-en un, ou ôtez la ligne.',
  cleartext_identifier:
    'Une adresse e-mail ou un numéro de téléphone se trouve où il n’en faut pas. Donnez à la colonne son vrai rôle, ou laissez-la de côté.',
  malformed: 'La valeur n’a pas la forme d’un tel identifiant. Corrigez-la à la source ; la ligne compte sans elle.',
  too_long: 'La valeur est plus longue que de tels identifiants : un autre texte s’est glissé dans la colonne.',
  placeholder: 'Une valeur inventée, comme no-reply ou test, que bien des lignes partageraient. Laissez-la vide.',
  impossible: 'Un tel numéro n’existe pas dans son pays. Corrigez-le à la source.',
  country_missing: 'Le numéro n’a pas d’indicatif et le fichier ne nomme pas de pays. Choisissez le pays du fichier.',
  part_missing: 'Une partie de la clé est vide, et le reste confondrait des foyers. Complétez-la.',
  empty: 'La cellule est vide. Une personne peut ne pas avoir cet identifiant ; il n’y a rien à faire.',
  digest_malformed:
    'Pas une empreinte de 64 chiffres hexadécimaux. Hachez le fichier ici, en ligne de commande ou par son SQL.',
  digest_uppercase: 'L’empreinte est en capitales. Écrivez-la en minuscules.',
  record_id_missing: 'L’identifiant de ligne est vide. Chaque ligne a le sien.',
  record_id_malformed: 'L’identifiant de ligne dépasse 256 octets.',
  record_id_duplicate:
    'Une ligne précédente a le même identifiant et compte. Ôtez les doublons, ou donnez au fichier une date d’événement.',
  attribute_invalid:
    'La valeur ne convient pas à son genre : dates AAAA-MM-JJ, booléens yes ou no, nombres avec un point.',
  consent_invalid: 'Pas des mots du vocabulaire. Écrivez des finalités comme advertising;measurement@xandr.',
  activation_id_invalid: 'La valeur ne convient pas au type d’identifiant que la colonne déclare.',
  event_time_invalid: 'Pas une date ou un instant de la RFC 3339, comme 2026-03-01T09:30:00Z.',
  person_erased: 'Cette personne a été effacée et ne revient pas. Ôtez la ligne du fichier.',
  file_empty: 'Le fichier est vide. Choisissez-en un autre.',
  file_malformed: 'Le fichier n’est pas ce que dit son nom. Exportez-le de nouveau.',
  encoding_invalid: 'Le fichier n’est pas en UTF-8. Enregistrez-le en CSV UTF-8.',
  quote_unclosed:
    'Le fichier finit dans un champ entre guillemets : un guillemet reste ouvert, ou le fichier est coupé.',
  quote_unterminated:
    'Le fichier finit dans un champ entre guillemets : un guillemet reste ouvert, ou le fichier est coupé.',
  record_too_long: 'Une ligne ne finit pas. Un guillemet reste sans doute ouvert, ou ce n’est pas un CSV.',
  field_too_long: 'Un champ est plus long qu’aucune valeur. Un guillemet reste sans doute ouvert.',
  header_invalid: 'La première ligne ne nomme pas les colonnes. Ajoutez une ligne avec leurs noms.',
  column_missing:
    'Il manque au fichier une colonne du schéma. Les noms doivent être exactement les mêmes, majuscules comprises.',
  column_unknown:
    'Le fichier a une colonne que le schéma ne connaît pas. Laissez-la de côté, ou faites un nouveau jeu de données.',
  column_duplicate: 'Deux colonnes ont le même nom. Renommez-en ou ôtez-en une.',
  format_unsupported:
    'Seul le CSV est haché ici. Exportez le fichier en CSV (UTF-8), le nom des colonnes en première ligne.',
  compression_truncated: 'Le fichier compressé est coupé ou abîmé. Copiez-le de nouveau.',
  compression_invalid: 'Le fichier compressé est abîmé. Copiez-le de nouveau.',
  compression_unsupported: 'Ce navigateur n’ouvre pas cette compression. Décompressez d’abord le fichier.',
  decompression_limit: 'Le fichier est plus grand que ce que le service accepte. Coupez-le.',
  file_unreadable:
    'Le fichier n’a pu être lu jusqu’au bout. Il a peut-être été déplacé ou modifié : choisissez-le de nouveau.',
  storage_full: 'Le navigateur n’a pas la place du fichier haché. Libérez de l’espace, ou prenez la ligne de commande.',
  sha256_mismatch: 'Le fichier est arrivé altéré. Envoyez-le de nouveau.',
  row_limit: 'Le fichier a plus de lignes que le service n’en prend à la fois. Coupez-le.',
  category_limit:
    'Une colonne a trop de mots différents pour une catégorie. Donnez-lui un autre rôle, ou laissez-la de côté.',
  consent_limit: 'Le fichier a trop de combinaisons différentes de consentement.',
  record_id_column_missing:
    'Ajouter, modifier et retirer demandent une colonne d’identifiant de ligne. Remplacez plutôt le tout.',
  schema_changed: 'Le jeu de données a changé entre-temps. Chargez de nouveau le fichier.',
  source_unreadable: 'L’envoi n’a pu être lu. Envoyez de nouveau le fichier.',
  load_aborted: 'Le chargement a été arrêté. Chargez de nouveau le fichier.',
  internal: 'Un imprévu s’est produit. Réessayez, ou hachez le fichier en ligne de commande.',
} as const;
