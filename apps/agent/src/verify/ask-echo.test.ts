import { describe, expect, it } from 'vitest';
import { closedPort, dnsAnswer, serveHttp, serveTcp, serveUdp } from '../../test/echo-servers.ts';
import { askEcho, findAddress } from './ask-echo.ts';

const ask = (echo: string, dns: readonly string[] = []) => askEcho({ echo, dns, family: 'ipv4' });

describe('an address in an answer', () => {
  it.each([
    ['192.0.2.1', '192.0.2.1'],
    ['192.0.2.1\n', '192.0.2.1'],
    ['{"ip":"192.0.2.1","port":4242}', '192.0.2.1'],
    ['your address: 192.0.2.1:4242', '192.0.2.1'],
    ['::ffff:192.0.2.1', '192.0.2.1'],
    ['999.0.0.1 192.0.2.1', '192.0.2.1'],
    ['v1.2.3.4.5 then 192.0.2.1', '192.0.2.1'],
  ])('%j', (text, address) => {
    expect(findAddress(Buffer.from(text), 'ipv4')).toBe(address);
  });

  it.each(['', 'nothing', '1.2.3', '1.2.3.4.5', '256.1.1.1', '::1'])('none in %j', (text) => {
    expect(() => findAddress(Buffer.from(text), 'ipv4')).toThrow('holds no IPv4 address');
  });

  it.each([
    ['{"ip":"2001:DB8:4:0::53"}', '2001:db8:4::53'],
    ['at 12:30:11 from 192.0.2.1 came fd00::1\n', 'fd00::1'],
  ])('is found of the other family: %s', (text, address) => {
    expect(findAddress(Buffer.from(text), 'ipv6')).toBe(address);
    expect(() => findAddress(Buffer.from('12:30:11'), 'ipv6')).toThrow('holds no IPv6 address');
  });
});

describe('an echo service over HTTP', () => {
  it('is asked at its path', async () => {
    const port = await serveHttp((request, response) =>
      response.end(request.url === '/ip?x=1' ? '192.0.2.7' : 'wrong'),
    );
    expect(await ask(`http://127.0.0.1:${port}/ip?x=1`)).toBe('192.0.2.7');
  });

  it('may answer in pieces', async () => {
    const port = await serveHttp((_, response) => {
      response.write('{"ip":"192.0');
      setTimeout(() => response.end('.2.7"}'), 5);
    });
    expect(await ask(`http://127.0.0.1:${port}/`)).toBe('192.0.2.7');
  });

  it.each([301, 404, 500])('has not answered with %d', async (status) => {
    const port = await serveHttp((_, response) => response.writeHead(status).end('192.0.2.7'));
    await expect(ask(`http://127.0.0.1:${port}/`)).rejects.toThrow(`answered ${status}`);
  });

  it('is not read to its end where it answers more than an address', async () => {
    const port = await serveHttp((_, response) => response.end(' '.repeat(100_000)));
    await expect(ask(`http://127.0.0.1:${port}/`)).rejects.toThrow('more than an address');
  });

  it('tells that nobody listens', async () => {
    const port = await closedPort();
    await expect(ask(`http://127.0.0.1:${port}/`)).rejects.toThrow('refused the connection');
  });

  it('tells that the connection ended early', async () => {
    const port = await serveHttp((request) => request.socket.destroy());
    await expect(ask(`http://127.0.0.1:${port}/`)).rejects.toThrow('socket hang up');
  });
});

describe('an echo service over TCP', () => {
  it('answers with a line, and may stay connected', async () => {
    const port = await serveTcp((socket) => void socket.write('192.0.2.7\n'));
    expect(await ask(`tcp://127.0.0.1:${port}`)).toBe('192.0.2.7');
  });

  it('may end instead of the line, and answer in pieces', async () => {
    const port = await serveTcp((socket) => {
      socket.write('192.0');
      setTimeout(() => socket.end('.2.7'), 5);
    });
    expect(await ask(`tcp://127.0.0.1:${port}`)).toBe('192.0.2.7');
  });

  it('is not read to its end where it answers more than an address', async () => {
    const port = await serveTcp((socket) => {
      const chatter = setInterval(() => socket.write(' '.repeat(1_000)), 1);
      socket.on('close', () => clearInterval(chatter));
    });
    await expect(ask(`tcp://127.0.0.1:${port}`)).rejects.toThrow('more than an address');
  });

  it('has not answered where it ends without a word', async () => {
    const port = await serveTcp((socket) => void socket.end());
    await expect(ask(`tcp://127.0.0.1:${port}`)).rejects.toThrow('holds no IPv4 address');
  });

  it('tells that nobody listens', async () => {
    const port = await closedPort();
    await expect(ask(`tcp://127.0.0.1:${port}`)).rejects.toThrow('refused the connection');
  });
});

describe('an echo service over UDP', () => {
  it('answers a datagram', async () => {
    const port = await serveUdp((request) =>
      Buffer.from(request.toString() === 'sallyport\n' ? '192.0.2.7' : 'wrong'),
    );
    expect(await ask(`udp://127.0.0.1:${port}`)).toBe('192.0.2.7');
  });

  it('is asked again where the first datagram was lost', async () => {
    let asked = 0;
    const port = await serveUdp(() => (++asked === 1 ? null : Buffer.from('192.0.2.7')));
    expect(await ask(`udp://127.0.0.1:${port}`)).toBe('192.0.2.7');
    expect(asked).toBe(2);
  });

  it('may speak STUN', async () => {
    const port = await serveUdp((request) => {
      const head = Buffer.from(request);
      head.writeUInt16BE(0x0101, 0);
      head.writeUInt16BE(12, 2);
      return Buffer.concat([head, Buffer.from([0, 1, 0, 8, 0, 1, 0, 0, 192, 0, 2, 7])]);
    });
    expect(await ask(`stun://127.0.0.1:${port}`)).toBe('192.0.2.7');
  });

  it('does not believe STUN for another question', async () => {
    const port = await serveUdp((request) => Buffer.alloc(request.length));
    await expect(ask(`stun://127.0.0.1:${port}`)).rejects.toThrow('not a STUN binding success');
  });
});

describe('an echo service over DNS', () => {
  const ADDRESS = Buffer.from([192, 0, 2, 7]);

  it('answers with an address, asked for directly or by the network’s name servers', async () => {
    const port = await serveUdp((question) => dnsAnswer(question, ADDRESS));
    expect(await ask(`dns://127.0.0.1:${port}/who.example`)).toBe('192.0.2.7');
    expect(await ask('dns:///who.example', [`127.0.0.1:${port}`])).toBe('192.0.2.7');
  });

  it('may answer with a text', async () => {
    const text = Buffer.from('"192.0.2.7"');
    const port = await serveUdp((question) =>
      dnsAnswer(question, Buffer.concat([Buffer.from([text.length]), text])),
    );
    expect(await ask(`dns://127.0.0.1:${port}/who.example?type=txt`)).toBe('192.0.2.7');
  });

  it('gives the address of a host that is named in another URL', async () => {
    const http = await serveHttp((_, response) => response.end('192.0.2.7'));
    const dns = await serveUdp((question) => dnsAnswer(question, Buffer.from([127, 0, 0, 1])));
    expect(await ask(`http://echo.example:${http}/`, [`127.0.0.1:${dns}`])).toBe('192.0.2.7');
  });

  it.each(['dns:///who.example', 'http://echo.example/', 'stun://echo.example'])(
    'needs a name server: %s',
    async (echo) => {
      await expect(ask(echo)).rejects.toThrow('the network has no name servers');
    },
  );
});
