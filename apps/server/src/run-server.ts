import type { AddressInfo } from 'node:net';
import { SallyportError } from '@sallyport/contract/errors';
import { pino } from 'pino';
import { createAgentLink } from './agent/agent-http.ts';
import { createAgentProbe } from './agent/agent-probe.ts';
import { buildApp } from './app.ts';
import { ensureAdministrator, FIRST_ADMINISTRATOR } from './auth/first-start.ts';
import { OidcClient } from './auth/oidc/oidc-client.ts';
import { readOidcConfig } from './auth/oidc/oidc-config.ts';
import type { ServerConfig } from './config.ts';
import { createDesktops } from './desktops/desktops.ts';
import { openDatabase } from './db/open-database.ts';
import { REAL_WORLD } from './ids.ts';
import { createMetrics } from './metrics/metrics.ts';
import { listenForMetrics } from './metrics/metrics-app.ts';
import { tellOidc } from './settings/tell-oidc.ts';
import { tellSettings } from './settings/tell-settings.ts';

/** Serves until SIGTERM or SIGINT. @returns the exit code */
export async function runServer(config: ServerConfig): Promise<number> {
  // Standard output has what people read once; the log goes beside it, so that it can be kept apart.
  const logger = pino({ level: config.logLevel, base: null }, pino.destination(2));
  const database = await openDatabase(config);
  try {
    const password = await ensureAdministrator(database.db, REAL_WORLD);
    if (password !== null) {
      process.stdout.write(
        `Sign in as ${FIRST_ADMINISTRATOR} with the password ${password}\nIt is shown only now.\n`,
      );
    }
    const agent = createAgentLink(config.agentSocket);
    const desktops = createDesktops({
      db: database.db,
      world: REAL_WORLD,
      agent,
      logger,
      defaultNetwork: config.defaultNetwork,
      https: config.https,
    });
    const metrics = createMetrics({
      db: database.db,
      probeAgent: createAgentProbe(agent, REAL_WORLD.now),
      displays: () => desktops.displays.gateway.connections(),
    });
    const oidc = config.oidc === null ? null : new OidcClient(await readOidcConfig(config.oidc));
    const app = await buildApp({
      oidc,
      db: database.db,
      world: REAL_WORLD,
      logger,
      https: config.https,
      trustedProxies: config.trustedProxies,
      agent,
      desktops,
      pages: config.pages,
      settings: [
        ...tellSettings(config),
        ...(oidc === null || config.oidc === null ? [] : tellOidc(oidc.config, config.oidc)),
      ],
      onAnswered: metrics.answered,
      onSignIn: metrics.signInEnded,
    });
    const stopped = new Promise<string>((resolve) => {
      process.once('SIGTERM', resolve);
      process.once('SIGINT', resolve);
    });
    const outlet = config.metrics && (await listenForMetrics(config.metrics, metrics, logger));
    try {
      await app.listen({ host: config.host, port: config.port });
    } catch (error) {
      await outlet?.close();
      throw new SallyportError('invalid_input', `Can not listen: ${(error as Error).message}`, {
        remedy: 'Give another --listen HOST:PORT.',
        cause: error,
      });
    }
    const { port } = app.server.address() as AddressInfo;
    logger.info({ host: config.host, port, database: database.kind }, 'ready');
    const ending = new AbortController();
    const keeping = desktops.keeper.run(ending.signal);
    const following = desktops.news.run(ending.signal);
    logger.info({ signal: await stopped }, 'stopping');
    ending.abort();
    await app.close();
    await outlet?.close();
    await keeping;
    await following;
    await desktops.close();
    return 0;
  } finally {
    await database.close();
  }
}
