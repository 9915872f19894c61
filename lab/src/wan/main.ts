import { once } from 'node:events';
import { createServer } from 'node:http';
import { ArrivalLog } from './arrival-log.ts';
import { parseArrivalFilter } from './control-protocol.ts';
import { listenOn } from './services.ts';

/** Enough for some minutes of the heaviest load, and well under 100 MB. */
const LOG_LIMIT = 200_000;

const [controlSocket, ...addresses] = process.argv.slice(2);
if (controlSocket === undefined) throw new Error('usage: main.ts CONTROL_SOCKET ADDRESS…');

const log = new ArrivalLog(LOG_LIMIT);
await Promise.all(addresses.map((address) => listenOn(address, log)));

// The control socket comes last: when it answers, every service listens.
const control = createServer((request, response) => {
  const url = new URL(request.url ?? '/', 'http://wan');
  const respond = (code: number, body: unknown): void => {
    response.writeHead(code, { 'content-type': 'application/json' }).end(JSON.stringify(body));
  };
  switch (`${request.method ?? ''} ${url.pathname}`) {
    case 'GET /health':
      respond(200, { ok: true });
      break;
    case 'GET /arrivals':
      respond(200, log.query(parseArrivalFilter(url.searchParams)));
      break;
    case 'POST /listen':
      listenOn(url.searchParams.get('address') ?? '', log).then(
        () => {
          respond(200, { ok: true });
        },
        (error: unknown) => {
          respond(400, { error: String(error) });
        },
      );
      break;
    default:
      respond(404, { error: 'no such path' });
  }
});
control.listen(controlSocket);
await once(control, 'listening');
