import { readFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { extname, join, normalize } from 'node:path';
import { fileURLToPath } from 'node:url';

/** noVNC as the product's page has it: its entry is core/rfb.js. */
const NOVNC = fileURLToPath(new URL('..', import.meta.resolve('@novnc/novnc')));
const TYPES: Readonly<Record<string, string>> = { '.js': 'text/javascript', '.html': 'text/html' };

const PAGE = `<!doctype html>
<title>Viewer</title>
<div id="screen" style="width: 100vw; height: 100vh"></div>
<script type="module">
  import Rfb from '/core/rfb.js';
  globalThis.see = (url, protocols) => {
    const viewer = new Rfb(document.querySelector('#screen'), url, { shared: true, wsProtocols: protocols });
    viewer.compressionLevel = 2;
  };
</script>
`;

/**
 * Measures in the page, the same for every viewer: from the moment in which the browser has the press of the
 * button to the one in which the canvas that one sees has another colour. Both versions of noVNC show what they
 * have decoded by one drawImage; looking after each costs a pixel's reading, for all alike.
 */
export const PROBE = `(() => {
  const draw = CanvasRenderingContext2D.prototype.drawImage;
  const colour = (context, { x, y }) => context.getImageData(x, y, 1, 1).data.join();
  let waiting = null;
  CanvasRenderingContext2D.prototype.drawImage = function (...args) {
    draw.apply(this, args);
    if (waiting === null || !this.canvas.isConnected) return;
    const now = colour(this, waiting);
    if (now === waiting.before) return;
    const { began, done } = waiting;
    waiting = null;
    done(performance.now() - began);
  };
  addEventListener('mousedown', () => {
    if (waiting !== null) waiting.began = performance.now();
  }, { capture: true });
  const context = () => document.querySelector('canvas')?.getContext('2d');
  globalThis.colourAt = (place) => {
    const found = context();
    return found && place.x < found.canvas.width ? colour(found, place) : '';
  };
  globalThis.watch = (place) => {
    globalThis.watched = new Promise((done, fail) => {
      waiting = { ...place, before: colour(context(), place), began: NaN, done };
      setTimeout(() => fail(new Error('the click has changed nothing')), 10_000);
    });
    // Somebody waits for it a moment later.
    watched.catch(() => undefined);
  };
})()`;

/** A server of the page with noVNC, on loopback. */
export async function servePage(): Promise<{
  readonly origin: string;
  readonly close: () => Promise<void>;
}> {
  const server = createServer(({ url = '/' }, response) => {
    const path = normalize(url.replace(/\?.*/, ''));
    if (path === '/') {
      response.setHeader('content-type', 'text/html').end(PAGE);
      return;
    }
    readFile(join(NOVNC, path)).then(
      (file) => response.setHeader('content-type', TYPES[extname(path)] ?? '').end(file),
      () => response.writeHead(404).end(),
    );
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    origin: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    close: async () => {
      server.close();
      server.closeAllConnections();
      await once(server, 'close');
    },
  };
}
