import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import cookie from '@fastify/cookie';
import Fastify from 'fastify';
import { expect, onTestFinished, test } from 'vitest';
import { addPages } from './pages.ts';

async function serve() {
  const directory = await mkdtemp(join(tmpdir(), 'sallyport-pages-'));
  onTestFinished(() => rm(directory, { recursive: true, force: true }));
  await mkdir(join(directory, 'assets'));
  const metas =
    '<meta name="csp-nonce" content="__NONCE__"><meta name="login" content="__LOGIN__">';
  await writeFile(join(directory, 'index.html'), metas);
  await writeFile(join(directory, 'assets/a-1.js'), 'export {};');
  const app = Fastify();
  onTestFinished(() => app.close());
  await app.register(cookie);
  await addPages(app, { directory, cookie: 'sallyport' });
  return app;
}

test('each answer with the document has a nonce of its own, which its policy names', async () => {
  const app = await serve();
  const nonces = new Set<string>();
  for (const url of ['/', '/admin/images', '/admin/images/0199']) {
    const { statusCode, headers, body } = await app.inject(url);
    expect(statusCode).toBe(200);
    expect(headers['cache-control']).toBe('no-store');
    const nonce = /content="([^"]+)"/.exec(body)?.[1] ?? '';
    const policy = String(headers['content-security-policy']);
    expect(policy).toContain(`'nonce-${nonce}'`);
    expect(policy).toContain("frame-ancestors 'none'");
    expect(policy).not.toContain('unsafe');
    nonces.add(nonce);
  }
  expect(nonces.size).toBe(3);
});

test('assets are kept for good; what is no page is not answered with the document', async () => {
  const app = await serve();
  const asset = await app.inject('/assets/a-1.js');
  expect(asset.headers['cache-control']).toContain('immutable');
  for (const url of ['/nothing', '/api/v1/nothing', '/assets/b.js', '/assets/..%2findex.html']) {
    expect((await app.inject(url)).statusCode, url).toBe(404);
  }
});

test('a person at a mistyped address gets the document, which says that there is no such page', async () => {
  const app = await serve();
  const headers = { accept: 'text/html,application/xhtml+xml,*/*;q=0.8' };
  const person = await app.inject({ url: '/egress', headers });
  expect(person.statusCode).toBe(404);
  expect(person.body).toContain('csp-nonce');
  const api = await app.inject({ url: '/api/v1/nothing', headers });
  expect(api.statusCode).toBe(404);
  expect(api.body).not.toContain('csp-nonce');
});

test('where the page is not built nothing of it is served', async () => {
  const app = Fastify();
  await addPages(app, { directory: '/nonexistent', cookie: 'sallyport' });
  expect((await app.inject('/')).statusCode).toBe(404);
});

test('the document says whether somebody may be signed in', async () => {
  const app = await serve();
  expect((await app.inject('/')).body).toContain('name="login" content="no"');
  const known = await app.inject({ url: '/', cookies: { sallyport: 'token' } });
  expect(known.body).toContain('name="login" content="yes"');
  // Nothing of the cookie is in it.
  expect(known.body).not.toContain('token');
});
