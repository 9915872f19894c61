import { Button, PasswordInput, Stack, TextInput, Title } from '@mantine/core';
import { SallyportError } from '@sallyport/contract/errors';
import { PAGES } from '@sallyport/contract/server/pages';
import { useQueryClient } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import { type SyntheticEvent, useState } from 'react';
import { keepCsrfToken } from '../api/call.ts';
import { ACCOUNT_KEY, useApi, useChange } from '../api/use-api.ts';
import { ProblemNote } from '../parts/problem.tsx';
import { texts } from '../texts.ts';

/** Password first; the code of the second factor where the server asks for one. */
export function SignIn() {
  const client = useQueryClient();
  const navigate = useNavigate();
  const [name, setName] = useState('');
  const [password, setPassword] = useState('');
  const [code, setCode] = useState('');
  const signIn = useChange('signIn', (account) => {
    keepCsrfToken(account.csrfToken);
    client.setQueryData(ACCOUNT_KEY, account);
    void navigate({ to: PAGES.home });
  });
  const [asked, setAsked] = useState(false);
  const send = (event: SyntheticEvent): void => {
    event.preventDefault();
    signIn.mutate(
      { body: { name, password, ...(code !== '' && { code }) } },
      { onError: (error) => setAsked((was) => was || error.code === 'code_required') },
    );
  };
  const options = useApi('signInOptions', {});
  const told = signIn.isIdle ? problemOf(location.search) : null;
  const problem = signIn.error?.code === 'code_required' ? null : signIn.error;
  return (
    <main className="sign-in">
      <form className="panel" onSubmit={send}>
        <Stack p="xl" gap="md">
          <div>
            <span className="word-large">{texts.product}</span>
            <Title order={1}>{texts.signIn.title}</Title>
          </div>
          <TextInput
            label={texts.signIn.name}
            name="username"
            autoComplete="username"
            required
            autoFocus
            value={name}
            onChange={({ currentTarget }) => setName(currentTarget.value)}
          />
          <PasswordInput
            label={texts.signIn.password}
            name="password"
            autoComplete="current-password"
            required
            value={password}
            onChange={({ currentTarget }) => setPassword(currentTarget.value)}
          />
          {asked && (
            <TextInput
              label={texts.signIn.code}
              name="code"
              autoComplete="one-time-code"
              required
              autoFocus
              value={code}
              onChange={({ currentTarget }) => setCode(currentTarget.value)}
            />
          )}
          <ProblemNote error={problem ?? told} />
          <Button type="submit" loading={signIn.isPending}>
            {texts.signIn.go}
          </Button>
          {options.data?.oidc && (
            <Button component="a" href={options.data.oidc.path} variant="default">
              {texts.signIn.by(options.data.oidc.name)}
            </Button>
          )}
        </Stack>
      </form>
    </main>
  );
}

/** With what somebody came back from the provider; a code that is not known here is none of ours. */
function problemOf(search: string): SallyportError | null {
  const code = new URLSearchParams(search).get('problem') ?? '';
  const sentence = texts.signIn.problems[code as keyof typeof texts.signIn.problems];
  if (sentence === undefined) return null;
  return new SallyportError(code as keyof typeof texts.signIn.problems, sentence);
}
