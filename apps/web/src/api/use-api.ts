import { SallyportError } from '@sallyport/contract/errors';
import type { ServerEndpointName } from '@sallyport/contract/server/endpoints';
import { type QueryClient, useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { type Answer, call, type CallInput, hasCsrfToken, keepCsrfToken } from './call.ts';

export type Account = Answer<'whoami'>;

/**
 * How often what changes by itself is read anew, in milliseconds. Changes are told at once (live.ts); this is for
 * what nobody tells, such as the time of a verification, and for a stream that broke unnoticed.
 */
const LIVE_MS = 10_000;

interface Reading {
  /** Read anew while somebody looks at it. */
  readonly live?: boolean;
  /** The same, so often: in milliseconds. */
  readonly everyMs?: number;
  readonly enabled?: boolean;
}

/** What an endpoint answers, kept and shared between those who ask the same. */
export function useApi<N extends ServerEndpointName>(
  name: N,
  input: CallInput<N>,
  { live = false, everyMs = live ? LIVE_MS : 0, enabled = true }: Reading = {},
) {
  return useQuery<Answer<N>, SallyportError>({
    queryKey: [name, input],
    queryFn: () => call(name, input),
    enabled,
    refetchInterval: everyMs > 0 && everyMs,
  });
}

/** What the server knew without looking when it gave the document out: nobody has asked with a cookie. */
const isStranger = document.querySelector<HTMLMetaElement>('meta[name="login"]')?.content === 'no';

/** Who is signed in; null: nobody. */
export async function readAccount(): Promise<Account | null> {
  // Asked in vain, the browser would write an error down for everybody who comes to sign in.
  if (isStranger && !hasCsrfToken()) return null;
  try {
    const account = await call('whoami', {});
    keepCsrfToken(account.csrfToken);
    return account;
  } catch (error) {
    if (error instanceof SallyportError && error.code === 'not_signed_in') return null;
    throw error;
  }
}

export const ACCOUNT_KEY = ['account'] as const;

export function useAccount() {
  return useQuery<Account | null, SallyportError>({ queryKey: ACCOUNT_KEY, queryFn: readAccount });
}

/** Whether the one who is signed in has a permission. The server decides; this only hides. */
export function useMay(): (permission: Account['permissions'][number]) => boolean {
  const { data: account } = useAccount();
  return (permission) =>
    account?.administrator === true || account?.permissions.includes(permission) === true;
}

/** Shows what a change will have done before the server has answered. Answers what takes that back. */
type Ahead<N extends ServerEndpointName> = (client: QueryClient, input: CallInput<N>) => () => void;

interface Changing<N extends ServerEndpointName> {
  readonly after?: (answer: Answer<N>) => void;
  /** Only where nobody is misled for long: what is not done comes back with its error. */
  readonly ahead?: Ahead<N>;
}

/** A change; afterwards everything that is shown is read anew. */
export function useChange<N extends ServerEndpointName>(
  name: N,
  changing: Changing<N> | ((answer: Answer<N>) => void) = {},
) {
  const { after, ahead } = typeof changing === 'function' ? { after: changing } : changing;
  const client = useQueryClient();
  return useMutation<Answer<N>, SallyportError, CallInput<N>, (() => void) | undefined>({
    mutationFn: (input) => call(name, input),
    onMutate: (input) => ahead?.(client, input),
    onError: (_error, _input, takeBack) => takeBack?.(),
    onSuccess: (answer) => after?.(answer),
    onSettled: () => void client.invalidateQueries(),
  });
}

/** Takes a row out of a list that was read; the answer puts it back. */
export function takeOut<N extends ServerEndpointName>(
  client: QueryClient,
  [name, input]: readonly [name: N, input: CallInput<N>],
  id: string,
): () => void {
  const queryKey = [name, input];
  // What is being read now would bring it back.
  void client.cancelQueries({ queryKey });
  const before = client.getQueryData<readonly { readonly id: string }[]>(queryKey);
  client.setQueryData(
    queryKey,
    before?.filter((row) => row.id !== id),
  );
  return () => client.setQueryData(queryKey, before);
}
