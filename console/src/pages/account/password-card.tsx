// Changing the password: length alone is asked for, and what is too common is refused by the service with its reason.
import { useState } from 'preact/hooks';
import { answered, api } from '../../api/client.ts';
import { useDeed } from '../../api/resource.ts';
import { Button } from '../../design/button.tsx';
import { Card } from '../../design/card.tsx';
import { TextField } from '../../design/field.tsx';
import { Form } from '../../design/form.tsx';
import { Notice } from '../../design/notice.tsx';
import { Refusal } from '../../design/states.tsx';
import { t } from '../../i18n/i18n.ts';
import { readSession } from '../../session.ts';

const LEAST_CHARACTERS = 12;

export function PasswordCard() {
  const [current, setCurrent] = useState('');
  const [next, setNext] = useState('');
  const [again, setAgain] = useState('');
  const [isChanged, setChanged] = useState(false);
  const change = useDeed(async () => {
    setChanged(false);
    await answered(api.PUT('/v1/session/password', { body: { current_password: current, new_password: next } }));
    for (const forget of [setCurrent, setNext, setAgain]) forget('');
    setChanged(true);
    // The answer set another cookie, and with it another token for what changes something.
    await readSession();
  });
  const isReady = current !== '' && next !== '' && again === next && !isShort(next);
  return (
    <Card title={t('account.password')}>
      <Form onSubmit={() => isReady && change.run()}>
        <Passwords {...{ current, next, again }} onCurrent={setCurrent} onNext={setNext} onAgain={setAgain} />
        {change.problem !== undefined && <Refusal problem={change.problem} />}
        {isChanged && <Notice tone="good">{t('account.passwordChanged')}</Notice>}
        <p>
          <Button type="submit" look="primary" busy={change.busy} disabled={!isReady}>
            {t('account.changePassword')}
          </Button>
        </p>
      </Form>
    </Card>
  );
}

function isShort(password: string): boolean {
  return password !== '' && [...password].length < LEAST_CHARACTERS;
}

interface PasswordsProps {
  current: string;
  next: string;
  again: string;
  onCurrent: (text: string) => void;
  onNext: (text: string) => void;
  onAgain: (text: string) => void;
}

function Passwords({ current, next, again, onCurrent, onNext, onAgain }: PasswordsProps) {
  return (
    <>
      <TextField
        label={t('account.currentPassword')}
        type="password"
        autocomplete="current-password"
        value={current}
        onInput={onCurrent}
      />
      <TextField
        label={t('account.newPassword')}
        hint={t('account.newPasswordHint', { count: LEAST_CHARACTERS })}
        error={isShort(next) ? t('account.tooShort', { count: LEAST_CHARACTERS }) : undefined}
        type="password"
        autocomplete="new-password"
        value={next}
        onInput={onNext}
      />
      <TextField
        label={t('account.again')}
        error={again !== '' && again !== next ? t('account.different') : undefined}
        type="password"
        autocomplete="new-password"
        value={again}
        onInput={onAgain}
      />
    </>
  );
}
