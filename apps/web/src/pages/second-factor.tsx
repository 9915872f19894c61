import { Alert, Button, Code, PasswordInput, Stack, Text, TextInput, Title } from '@mantine/core';
import { type SyntheticEvent, useState } from 'react';
import { useAccount, useChange } from '../api/use-api.ts';
import { ProblemNote } from '../parts/problem.tsx';
import { texts } from '../texts.ts';

/** Turns the second factor on by a first code, and off by the password. */
export function SecondFactor() {
  const { data: account } = useAccount();
  const on = account?.secondFactor === true;
  const [password, setPassword] = useState('');
  const [code, setCode] = useState('');
  const begin = useChange('beginSecondFactor');
  const confirm = useChange('confirmSecondFactor');
  const remove = useChange('removeSecondFactor');
  const asksForCode = begin.data !== undefined && !on;
  const send = (event: SyntheticEvent): void => {
    event.preventDefault();
    if (asksForCode) confirm.mutate({ body: { code } });
    else (on ? remove : begin).mutate({ body: { password } });
  };
  return (
    <form className="panel" onSubmit={send}>
      <Stack p="md" gap="sm">
        <Title order={2}>{texts.account.factor}</Title>
        <Text size="sm">{on ? texts.account.factorOn : texts.account.factorOff}</Text>
        {on && confirm.data !== undefined && (
          <Alert title={texts.account.recovery} role="status">
            <Code block>{confirm.data.recoveryCodes.join('\n')}</Code>
          </Alert>
        )}
        {asksForCode ? (
          <>
            <Text size="sm">{texts.account.secret}</Text>
            <Code block data-testid="secret">
              {begin.data.secret}
            </Code>
            <TextInput
              label={texts.account.code}
              autoComplete="one-time-code"
              required
              value={code}
              onChange={({ currentTarget }) => setCode(currentTarget.value)}
            />
          </>
        ) : (
          <PasswordInput
            label={texts.account.current}
            autoComplete="current-password"
            required
            value={password}
            onChange={({ currentTarget }) => setPassword(currentTarget.value)}
          />
        )}
        <ProblemNote error={begin.error ?? confirm.error ?? remove.error} />
        <Button
          type="submit"
          variant="default"
          loading={begin.isPending || confirm.isPending || remove.isPending}
        >
          {asksForCode ? texts.account.confirm : on ? texts.account.turnOff : texts.account.turnOn}
        </Button>
      </Stack>
    </form>
  );
}
