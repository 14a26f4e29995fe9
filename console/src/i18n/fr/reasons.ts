// Why a policy refused, and what one can do about it, in French. One entry for each reason that the service may give.
export const reasons = {
  no_membership: 'Vous n’appartenez à aucune organisation concernée. Demandez à son administrateur de vous ajouter.',
  role_missing: 'Aucun de vos rôles ne donne cette permission. Demandez à un administrateur un rôle qui la donne.',
  scope_missing: 'La clé d’API n’a pas reçu cette permission. Créez une clé qui l’ait.',
  operator_outside_tenants:
    'L’exploitant du service ne voit ni ne change les données des organisations. Un membre de l’organisation peut le faire.',
  consent_missing:
    'On ne sait rien du consentement de ces personnes. Chargez le jeu de données avec une colonne ou une preuve de consentement.',
  consent_invalid:
    'Le consentement enregistré ne se lit pas sans ambiguïté. Corrigez la colonne et chargez de nouveau.',
  consent_purpose: 'Les personnes n’ont pas consenti à cette finalité. Choisissez-en une qu’elles ont acceptée.',
  consent_destination: 'Les personnes n’ont pas consenti à cette destination. Choisissez-en une qu’elles ont acceptée.',
  consent_expired: 'Le consentement a expiré. Redemandez-le et chargez les réponses.',
  consent_withdrawn: 'Les personnes ont retiré leur consentement. Elles restent en dehors.',
  opted_out: 'Les personnes ont refusé la vente, le partage ou la publicité ciblée. Elles restent en dehors.',
  known_child: 'On sait que ces personnes sont des enfants. Elles restent en dehors.',
  suppressed: 'Les personnes figurent sur une liste d’exclusion. Elles restent en dehors tant qu’elles y sont.',
  erased: 'Les personnes ont demandé l’effacement de leurs données. Elles restent en dehors.',
  below_threshold:
    'Le résultat concerne moins de personnes que le seuil de confidentialité. Interrogez un groupe plus large.',
  threshold_too_low: 'Le seuil de confidentialité est inférieur à ce que le service permet. Portez-le à 50 au moins.',
  rule_missing: 'Un contributeur n’a pas fixé de règle d’analyse. Demandez-lui d’en fixer une.',
  analysis_not_allowed:
    'La règle d’un contributeur ne permet pas cette analyse. Demandez-lui de la permettre, ou posez une autre question.',
  attribute_not_allowed:
    'La règle d’un contributeur ne permet pas de filtrer sur un attribut utilisé. Retirez-le, ou demandez-le.',
  breakdown_not_allowed:
    'La règle d’un contributeur ne permet pas de ventiler par un attribut utilisé. Retirez-le, ou demandez-le.',
  budget_exhausted:
    'La réponse coûte plus que ce qui reste du budget de confidentialité. Posez une question moins chère, ou attendez que le budget dépensé se libère.',
  audience_too_small:
    'Il n’est pas certain que l’audience compte le minimum de personnes à livrer. Élargissez le segment.',
  difference_too_small:
    'Moins de 50 personnes, ou aucune, diffèrent d’une audience précédente. Livrez de nouveau quand davantage aura changé.',
  releases_exhausted: 'Deux des organisations concernées ont eu 100 livraisons en 24 heures. Réessayez demain.',
  activation_not_allowed:
    'La règle d’un contributeur ne permet pas l’activation de ses personnes. Demandez-lui de la permettre.',
  destination_not_allowed:
    'La règle d’un contributeur ne nomme pas cette destination. Demandez-lui de la nommer, ou choisissez-en une autre.',
  purpose_not_allowed:
    'La règle d’un contributeur ne nomme pas cette finalité. Demandez-lui de la nommer, ou choisissez-en une autre.',
  purpose_not_served:
    'La destination ne sert pas cette finalité : un outil d’e-mail ne sert que le marketing par e-mail. Choisissez une autre finalité ou destination.',
  attribute_not_returnable:
    'Les lignes se lisent à cette destination et révéleraient, personne par personne, un attribut d’un partenaire. Demandez-lui de l’ouvrir pour cela, ou filtrez sur les vôtres.',
  approval_missing:
    'Une organisation qui doit approuver ne l’a pas encore fait. Son responsable conformité trouve la demande dans sa boîte.',
  approval_same_person: 'Qui demande ne peut pas approuver. Une seconde personne doit décider.',
  approval_rejected: 'Une organisation a refusé. Son commentaire dit pourquoi ; redemandez une fois cela corrigé.',
  collaboration_inactive: 'La collaboration n’est pas active. Elle le devient quand chaque membre a accepté.',
  collaboration_ended: 'La collaboration a dépassé sa date de fin. Proposez des conditions avec une date ultérieure.',
  residency:
    'La destination est hors des régions qu’un contributeur permet. Choisissez une autre destination, ou demandez sa région.',
  not_permitted: 'Aucune règle ne le permet. Votre responsable conformité peut dire si l’une le devrait.',
  policy_error:
    'Une règle n’a pas pu être évaluée, et ce qui ne peut l’être est refusé. Prévenez l’exploitant du service.',
} as const;
