// One person with several identifiers, as a text that travels like any other activation id: it is sorted, counted once,
// digested and resumed by the same code. Values are what the platform's profile made of them; nothing is normalised here.

export const MEMBER_FIELDS = [
  'email',
  'phone',
  'given-name',
  'family-name',
  'first-initial',
  'region',
  'postal-code',
  'city',
  'state',
  'gender',
  'birth-year',
  'birth-month',
  'birth-day',
  'mobile-advertising-id',
  'customer',
  'ip-address',
] as const;
export type MemberField = (typeof MEMBER_FIELDS)[number];
export type Member = Readonly<Partial<Record<MemberField, readonly string[]>>>;

const PREFIX = 'member?';

/** `member?email=…&email=…&phone=…`: fields in the order above, values sorted, each once. */
export function formatMember(member: Member): string {
  const pairs = MEMBER_FIELDS.flatMap((field) =>
    [...new Set(member[field])].sort().map((value) => `${field}=${encodeURIComponent(value)}`),
  );
  return PREFIX + pairs.join('&');
}

/** Undefined for anything but what `formatMember` writes: one member has one text. */
export function parseMember(id: string): Member | undefined {
  if (!id.startsWith(PREFIX) || id.length === PREFIX.length) return undefined;
  const member: Partial<Record<MemberField, string[]>> = {};
  for (const pair of id.slice(PREFIX.length).split('&')) {
    const [name, text = '', ...rest] = pair.split('=');
    const field = MEMBER_FIELDS.find((known) => known === name);
    const value = decoded(text);
    if (field === undefined || rest.length > 0 || value === undefined || value === '') return undefined;
    const values = member[field] ?? [];
    values.push(value);
    member[field] = values;
  }
  return formatMember(member) === id ? member : undefined;
}

export const identifierCount = (member: Member): number =>
  MEMBER_FIELDS.reduce((sum, field) => sum + (member[field]?.length ?? 0), 0);

function decoded(text: string): string | undefined {
  try {
    return decodeURIComponent(text);
  } catch {
    return undefined;
  }
}
