// Name and password, then the second factor where one is set; or the organisation's own sign-on by a link.
import { useState } from 'preact/hooks';
import type { Problem } from '../../../../openapi/generated/api.ts';
import { problemOf } from '../../api/problem.ts';
import { useDeed } from '../../api/resource.ts';
import { Button } from '../../design/button.tsx';
import { TextField } from '../../design/field.tsx';
import { Form } from '../../design/form.tsx';
import { Notice } from '../../design/notice.tsx';
import { Refusal } from '../../design/states.tsx';
import { findMessage, t } from '../../i18n/i18n.ts';
import { navigate, place } from '../../router.tsx';
import { signIn, signInWays } from '../../session.ts';
import { Door } from './door.tsx';

export function SignInPage() {
  const [name, setName] = useState('');
  const [password, setPassword] = useState('');
  const [code, setCode] = useState<string>();
  const [refused, setRefused] = useState<Problem>();
  const entering = useDeed(async () => {
    setRefused(undefined);
    try {
      await signIn({ name, password, ...(code === undefined ? {} : { code: code.trim() }) });
      navigate(wayBack(), { replace: true });
    } catch (cause) {
      const problem = problemOf(cause);
      if (problem.code === 'second_factor_needed') setCode('');
      else setRefused(problem);
    }
  });
  return (
    <Door title={t('signIn.title')} lead={t('signIn.lead')}>
      <RefusedElsewhere />
      {refused !== undefined && <Refusal problem={refused} />}
      <Form onSubmit={entering.run}>
        {code === undefined ? (
          <>
            <TextField
              label={t('signIn.name')}
              value={name}
              onInput={setName}
              autocomplete="username"
              required
              isFirst
            />
            <PasswordField value={password} onInput={setPassword} />
          </>
        ) : (
          <CodeField value={code} onInput={setCode} />
        )}
        <Button look="primary" type="submit" busy={entering.busy}>
          {t('signIn.enter')}
        </Button>
      </Form>
      <SignOn />
    </Door>
  );
}

interface GivenProps {
  value: string;
  onInput: (value: string) => void;
}

function PasswordField({ value, onInput }: GivenProps) {
  return (
    <TextField
      label={t('signIn.password')}
      type="password"
      value={value}
      onInput={onInput}
      autocomplete="current-password"
      required
    />
  );
}

function CodeField({ value, onInput }: GivenProps) {
  return (
    <TextField
      label={t('signIn.code')}
      hint={t('signIn.codeHint')}
      value={value}
      onInput={onInput}
      autocomplete="one-time-code"
      maxLength={32}
      required
      isFirst
    />
  );
}

/** A link and no form: the policy of the page lets forms go nowhere else. */
function SignOn() {
  const { oidc } = signInWays.value;
  if (oidc === null) return null;
  return (
    <a class="button button-plain button-normal" href="/v1/session/oidc">
      {t('signIn.signOn', { provider: oidc.label })}
    </a>
  );
}

function RefusedElsewhere() {
  const refused = place.value.query.get('refused');
  if (refused === null) return null;
  return <Notice tone="warning" title={findMessage(`signIn.${refused}`) ?? t('signIn.oidc_failed')} />;
}

/** Where one wanted to go; an address of this console only. */
function wayBack(): string {
  const back = place.value.query.get('back') ?? '/';
  return /^\/(?!\/)/.test(back) && new URL(back, location.origin).origin === location.origin ? back : '/';
}
