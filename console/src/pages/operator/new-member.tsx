// Adding a member: a name, an email to sign in with, and roles, each with what it is for.
import { useState } from 'preact/hooks';
import type { Role } from '../../../../openapi/generated/api.ts';
import { answered, api } from '../../api/client.ts';
import { useDeed } from '../../api/resource.ts';
import { Button } from '../../design/button.tsx';
import { Card } from '../../design/card.tsx';
import { Checkbox, TextField } from '../../design/field.tsx';
import { Form } from '../../design/form.tsx';
import { Refusal } from '../../design/states.tsx';
import { t } from '../../i18n/i18n.ts';
import { ShownOnce } from './shown-once.tsx';

const ROLES: readonly Role[] = ['admin', 'data-engineer', 'analyst', 'compliance-officer', 'connector'];

export function NewMember({ onAdded }: { onAdded: () => void }) {
  const [name, setName] = useState('');
  const [email, setEmail] = useState('');
  const [roles, setRoles] = useState<readonly Role[]>([]);
  const [link, setLink] = useState<string>();
  const adding = useDeed(async () => {
    const body = { name, roles: [...roles], ...(email === '' ? {} : { email }) };
    const { welcome } = await answered(api.POST('/v1/members', { body }));
    setLink(welcome.url);
    setName('');
    setEmail('');
    setRoles([]);
    onAdded();
  });
  return (
    <Card title={t('operator.addMember')}>
      {link !== undefined && <ShownOnce title={t('operator.link')} text={t('operator.linkForMember')} value={link} />}
      <Form onSubmit={adding.run}>
        <TextField label={t('operator.name')} value={name} onInput={setName} required />
        <TextField
          label={t('operator.email')}
          hint={t('operator.emailHint')}
          type="email"
          value={email}
          onInput={setEmail}
        />
        <RoleTicks roles={roles} onChange={setRoles} />
        {adding.problem !== undefined && <Refusal problem={adding.problem} />}
        <p>
          <Button type="submit" look="primary" busy={adding.busy} disabled={name === '' || roles.length === 0}>
            {t('operator.addMember')}
          </Button>
        </p>
      </Form>
    </Card>
  );
}

function RoleTicks({ roles, onChange }: { roles: readonly Role[]; onChange: (roles: Role[]) => void }) {
  return (
    <fieldset class="choices">
      <legend>{t('account.roles')}</legend>
      {ROLES.map((role) => (
        <Checkbox
          key={role}
          label={
            <>
              {t(`words.role-${role}`)} <span class="muted small">{t(`operator.role-${role}`)}</span>
            </>
          }
          checked={roles.includes(role)}
          onChange={(isTicked) => onChange(ROLES.filter((one) => (one === role ? isTicked : roles.includes(one))))}
        />
      ))}
    </fieldset>
  );
}
