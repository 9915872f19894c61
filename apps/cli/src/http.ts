import type { IncomingMessage, RequestOptions } from 'node:http';
import type { Question } from '@sallyport/contract/client';
import type { SallyportError } from '@sallyport/contract/errors';

/** Where questions go. */
export interface Place {
  /** Socket or host. */
  readonly options: RequestOptions;
  /** Who asks. */
  readonly headers: Readonly<Record<string, string>>;
  readonly secure: boolean;
  /** The refusal for whatever a connection failed with. */
  readonly unreachable: (error: unknown) => SallyportError;
}

/** What came back; `cookies` as `NAME=VALUE`. */
export interface HttpAnswer {
  readonly status: number;
  readonly text: string;
  readonly cookies: readonly string[];
}

/** Reading takes milliseconds; a change waits for Docker and for those before it. */
const READ_TIMEOUT_MS = 60_000;
const CHANGE_TIMEOUT_MS = 900_000;

/** One exchange. Follows no redirect: a login is for one server only. @throws what `unreachable` makes */
export async function exchange(place: Place, question: Question): Promise<HttpAnswer> {
  const answer = await openAnswer(place, question);
  const chunks: Buffer[] = [];
  try {
    for await (const chunk of answer as AsyncIterable<Buffer>) chunks.push(chunk);
  } catch (error) {
    throw place.unreachable(error);
  }
  return {
    status: answer.statusCode ?? 0,
    text: Buffer.concat(chunks).toString('utf8'),
    cookies: (answer.headers['set-cookie'] ?? []).map((one) => one.split(';', 1)[0] ?? ''),
  };
}

/** The head of an answer; its body is still to come. @throws what `unreachable` makes */
export function openAnswer(place: Place, question: Question): Promise<IncomingMessage> {
  /*
   * Not `import 'node:http'`: the facade that an import makes of a builtin reads all its properties, and
   * node:http has getters that load undici. This way costs 30 ms of CPU less at every start.
   */
  const http = process.getBuiltinModule(place.secure ? 'node:https' : 'node:http');
  const { method, path, headers, text } = question;
  const payload = text === undefined ? undefined : Buffer.from(text);
  return new Promise((resolve, reject) => {
    const request = http.request({
      ...place.options,
      agent: false,
      method,
      path,
      headers: {
        ...place.headers,
        ...headers,
        ...(payload && { 'content-length': payload.length }),
      },
    });
    const timeout = method === 'GET' ? READ_TIMEOUT_MS : CHANGE_TIMEOUT_MS;
    const timer = setTimeout(() => {
      request.destroy(Object.assign(new Error('no answer'), { code: 'ETIMEDOUT' }));
    }, timeout);
    request.once('response', (answer) => {
      clearTimeout(timer);
      resolve(answer);
    });
    request.once('error', (error) => {
      clearTimeout(timer);
      reject(place.unreachable(error));
    });
    request.end(payload);
  });
}
