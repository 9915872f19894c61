import { randomBytes } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import fastifyStatic from '@fastify/static';
import { PAGES } from '@sallyport/contract/server/pages';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';

/** What the built document has where each answer puts a nonce of its own. */
const NONCE = '__NONCE__';
/** And where it says whether somebody may be signed in, so that the page need not ask in vain. */
const LOGIN = '__LOGIN__';

/**
 * Serves the page: its document at the addresses of the contract, and what it loads below `/assets`. At
 * any other address browsers get the document, too, with the status 404.
 * Does nothing where the page has not been built.
 *
 * @param directory what `npm run build:web` made
 * @param cookie of those who are signed in
 */
export async function addPages(
  app: FastifyInstance,
  { directory, cookie }: { readonly directory: string; readonly cookie: string },
): Promise<void> {
  const document = await readDocument(directory);
  if (document === null) return;
  await app.register(fastifyStatic, {
    root: join(directory, 'assets'),
    prefix: '/assets/',
    // The name of a file has the hash of its content.
    immutable: true,
    maxAge: '1y',
    preCompressed: true,
    index: false,
    decorateReply: false,
  });
  const send = (request: FastifyRequest, reply: FastifyReply, status: number): FastifyReply => {
    const login = request.cookies[cookie] === undefined ? 'no' : 'yes';
    const nonce = randomBytes(16).toString('base64');
    return reply
      .code(status)
      .header('content-security-policy', renderPolicy(nonce))
      .header('cache-control', 'no-store')
      .type('text/html; charset=utf-8')
      .send(document.replaceAll(NONCE, nonce).replaceAll(LOGIN, login));
  };
  for (const path of Object.values(PAGES)) {
    app.get(path.replace(/\{(\w+)\}/g, ':$1'), async (request, reply) => send(request, reply, 200));
  }
  // Somebody who mistyped an address gets the page, which says so; a program gets its problem.
  app.get('/*', async (request, reply) => {
    const byPerson = request.headers.accept?.includes('text/html') === true;
    if (byPerson && !request.url.startsWith('/api/')) return send(request, reply, 404);
    reply.callNotFound();
    return reply;
  });
}

async function readDocument(directory: string): Promise<string | null> {
  try {
    return await readFile(join(directory, 'index.html'), 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null;
    throw error;
  }
}

/**
 * Scripts from our files alone, none inline. Style sheets that components make while they run carry
 * the nonce. Pictures of images are `data:` addresses. `connect-src 'self'` covers WebSockets of the
 * same host too (CSP level 3).
 */
function renderPolicy(nonce: string): string {
  return [
    "default-src 'none'",
    "script-src 'self'",
    `style-src 'self' 'nonce-${nonce}'`,
    "img-src 'self' data: blob:",
    "font-src 'self'",
    "connect-src 'self'",
    "base-uri 'none'",
    "form-action 'none'",
    "frame-ancestors 'none'",
  ].join('; ');
}
