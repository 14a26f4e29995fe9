// The first time, and after a reset: a one-time link leads here, and the member chooses a password. The token stands behind `#`,
// so that no server's log ever holds it, and leaves the address at once.
import { useEffect, useState } from 'preact/hooks';
import { useDeed } from '../../api/resource.ts';
import { Button } from '../../design/button.tsx';
import { TextField } from '../../design/field.tsx';
import { Form } from '../../design/form.tsx';
import { Notice } from '../../design/notice.tsx';
import { Refusal } from '../../design/states.tsx';
import { t } from '../../i18n/i18n.ts';
import { navigate, place } from '../../router.tsx';
import { redeemWelcomeLink } from '../../session.ts';
import { Door } from './door.tsx';

const SHORTEST_PASSWORD = 12;

export function WelcomePage() {
  const given = place.value.hash.slice(1);
  const [token, setToken] = useState(given);
  const [password, setPassword] = useState('');
  const [again, setAgain] = useState('');
  const [isTried, setTried] = useState(false);
  const redeeming = useDeed(async () => {
    await redeemWelcomeLink({ token, password });
    navigate('/', { replace: true });
  });
  useEffect(() => {
    if (given === '') return;
    setToken(given);
    history.replaceState(null, '', '/welcome');
  }, [given]);
  if (token === '') return <WithoutToken />;
  const isShort = [...password].length < SHORTEST_PASSWORD;
  const submit = (): void => {
    setTried(true);
    if (!isShort && password === again) redeeming.run();
  };
  return (
    <Door title={t('signIn.welcome')} lead={t('signIn.welcomeLead')}>
      {redeeming.problem !== undefined && <Refusal problem={redeeming.problem} />}
      <Form onSubmit={submit}>
        <NewPassword
          value={password}
          onInput={setPassword}
          error={isTried && isShort ? t('signIn.tooShort', { count: SHORTEST_PASSWORD }) : undefined}
        />
        <TextField
          label={t('signIn.again')}
          type="password"
          value={again}
          onInput={setAgain}
          autocomplete="new-password"
          required
          error={isTried && password !== again ? t('signIn.different') : undefined}
        />
        <Button look="primary" type="submit" busy={redeeming.busy}>
          {t('signIn.setPassword')}
        </Button>
      </Form>
    </Door>
  );
}

function WithoutToken() {
  return (
    <Door title={t('signIn.welcome')}>
      <Notice tone="warning" title={t('signIn.noToken')}>
        <p>{t('signIn.noTokenHint')}</p>
      </Notice>
      <Button to="/sign-in">{t('signIn.title')}</Button>
    </Door>
  );
}

interface NewPasswordProps {
  value: string;
  onInput: (value: string) => void;
  error: string | undefined;
}

function NewPassword({ value, onInput, error }: NewPasswordProps) {
  return (
    <TextField
      label={t('signIn.newPassword')}
      hint={t('signIn.newPasswordHint', { count: SHORTEST_PASSWORD })}
      type="password"
      value={value}
      onInput={onInput}
      autocomplete="new-password"
      required
      isFirst
      error={error}
    />
  );
}
