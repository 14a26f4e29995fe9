// What the page of evidence packs says, in English.
export const evidence = {
  nav: 'Evidence',
  title: 'Evidence packs',
  lead: 'One ZIP that proves something to somebody who is not here: an auditor, an authority, a partner. It verifies without this service and without a network.',
  about: 'What it proves',
  'kind-delivery': 'A delivery',
  'kind-collaboration': 'A collaboration',
  'kind-person-request': 'A person’s deletion',
  'kind-period': 'A period',
  'none-delivery': 'Nothing was delivered yet',
  'none-collaboration': 'Your organisation is in no collaboration',
  'none-person-request': 'Nobody asked for a deletion yet',
  choose: 'Choose one',
  since: 'From',
  until: 'Before',
  packing: 'Gathering events, proofs, policies and reports…',
  done: 'The pack of {size} is among your downloads. That it was made is an event of the log.',
  ask: 'Make the pack',
  inside: 'What is in it',
  insideText:
    'Pages to read and print; the events, byte for byte, each with its proof; checkpoints and keys; the policies that decided; approvals and reports; and two programs that verify all of it. No customer is in it.',
  verify: 'Take either program out of it, better out of a pack that you already trust, and give it the ZIP:',
} as const;
