import '@mantine/core/styles.css';
import './look.css';
import { MantineProvider } from '@mantine/core';
import { SallyportError } from '@sallyport/contract/errors';
import { QueryCache, QueryClient, QueryClientProvider } from '@tanstack/react-query';
import { RouterProvider } from '@tanstack/react-router';
import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { ACCOUNT_KEY } from './api/use-api.ts';
import { nonce } from './nonce.ts';
import { createPageRouter } from './router.tsx';
import { resolveVariables, theme } from './theme.ts';

/** How long what was read is taken as it is, in milliseconds. */
const FRESH_MS = 5000;

const client: QueryClient = new QueryClient({
  queryCache: new QueryCache({
    // The sign-in has ended meanwhile: the shell leads to the page where one signs in.
    onError: (error) => {
      if (error instanceof SallyportError && error.code === 'not_signed_in') {
        client.setQueryData(ACCOUNT_KEY, null);
      }
    },
  }),
  defaultOptions: {
    queries: {
      staleTime: FRESH_MS,
      // A refusal stays one; a server that was away comes back.
      retry: (count, error) =>
        count < 3 && error instanceof SallyportError && error.code === 'server_unreachable',
    },
  },
});
const router = createPageRouter();
const root = document.getElementById('root');
if (root === null) throw new Error('the document has no #root');
createRoot(root).render(
  <StrictMode>
    <MantineProvider
      theme={theme}
      cssVariablesResolver={resolveVariables}
      defaultColorScheme="auto"
      getStyleNonce={() => nonce}
    >
      <QueryClientProvider client={client}>
        <RouterProvider router={router} />
      </QueryClientProvider>
    </MantineProvider>
  </StrictMode>,
);
