import { release } from 'node:os';
import { join } from 'node:path';
import type { EventKind } from '@sallyport/contract/host';
import type { Logger } from 'pino';
import { pino } from 'pino';
import packageJson from '../package.json' with { type: 'json' };
import { lastingDrops } from './accounting/lasting-drops.ts';
import { createEventLog } from './adapters/event-log.ts';
import { createFlowSegments } from './adapters/flow-segments.ts';
import { createFlowTracker } from './adapters/flow-tracker.ts';
import { createHostMonitors } from './adapters/host-monitor.ts';
import { listenForMetrics, type MetricsOutlet, writeMetrics } from './adapters/metrics-outlet.ts';
import { createNetnsProber } from './adapters/netns-prober.ts';
import { createOwnProcess } from './adapters/own-process.ts';
import { createProcRoutes } from './adapters/proc-routes.ts';
import { run } from './adapters/run.ts';
import { createSystemClock } from './adapters/system-clock.ts';
import type { AgentConfig } from './config.ts';
import { DoctorService } from './doctor/doctor.ts';
import { EventBook } from './events/event-book.ts';
import { FlowService } from './flows/flow-service.ts';
import type { HostPorts } from './execute/executors.ts';
import { HostService } from './host/host-view.ts';
import { hostHasOurs } from './networks/recover.ts';
import { leaseViews } from './networks/lease-views.ts';
import { portEvents } from './networks/cautions.ts';
import { NetworkService } from './networks/service.ts';
import { DesiredStore } from './reconcile/desired-store.ts';
import { dockerMonitor } from './reconcile/docker-triggers.ts';
import { Reconciler, type RunReport } from './reconcile/reconciler.ts';
import { reportEvents } from './reconcile/report-events.ts';
import type { Request } from './reconcile/request.ts';
import { SingleFlight } from './reconcile/single-flight.ts';
import { Triggers } from './reconcile/triggers.ts';
import type { AgentParts } from './compose-host.ts';
import { composeKept } from './compose-kept.ts';
import { composeFallback } from './compose-fallback.ts';
import { composeSessions } from './compose-sessions.ts';
import { tellSettings } from './settings.ts';
import { VerifyService } from './verify/verify.ts';
import { ViolationWatch } from './violations/violation-watch.ts';

/** The whole agent, wired but not started; the only place at which its parts meet. */
export async function composeAgent(config: AgentConfig, { ports: parts, store }: AgentParts) {
  const logger: Logger = pino({
    level: config.logLevel,
    base: null,
    timestamp: pino.stdTimeFunctions.isoTime,
  });
  const clock = createSystemClock();
  const kept = composeKept(config.stateDir);
  const ports: HostPorts = {
    ...parts,
    nft: lastingDrops(parts.nft, {
      kept: kept.drops,
      onFailure: (error) => logger.warn(error, 'what the guard has stopped could not be stored'),
    }),
  };
  const desired = new DesiredStore(store);
  await desired.load(await hostHasOurs(ports));
  const events = new EventBook({
    log: createEventLog(join(config.stateDir, 'events')),
    clock,
    onLost: (event, error) => logger.error({ event, error }, 'an event could not be stored'),
  });
  const violations = new ViolationWatch({
    docker: ports.docker,
    readRoutes: createProcRoutes(),
    clock,
    record: (event) => events.record(event),
    kept: kept.violations,
    onChange: () => triggers.poke('containers that came or went', []),
    onFailure: (error) => logger.warn(error, 'the containers could not be looked at'),
  });
  const flows = new FlowService({
    tracker: createFlowTracker(),
    store: createFlowSegments(join(config.stateDir, 'flows'), config.flows),
    docker: ports.docker,
    nft: ports.nft,
    clock,
    kept: kept.counters,
    onScarce: (slot, scarce) => {
      for (const event of portEvents(desired.current.networks, slot, scarce))
        void events.record(event);
    },
    onFailure: (error) => logger.warn(error, 'flows are not recorded as they should be'),
  });
  const fallback = composeFallback({
    clock,
    onChange: () => triggers.poke('the routers of a network with fallbacks', []),
    onFailure: (error) => logger.warn(error, 'the routers could not be asked'),
  });
  const reconciler = new Reconciler({
    ports,
    desired,
    store,
    clock,
    pools: { ipv4: config.pool.prefix, ipv6: config.pool6.prefix },
    strays: (specs) => violations.strays(specs),
    placed: (specs) => violations.placed(specs),
    health: fallback.health,
  });
  const host = new HostService({
    ports,
    specs: () => desired.current.networks,
    pool: config.pool,
    version: packageJson.version,
    kernel: release(),
    startedAt: clock.now(),
    stateDir: config.stateDir,
  });
  const networks = new NetworkService({
    desired,
    ports,
    defaults: {
      pool: config.pool,
      pool6: config.pool6,
      dns: config.dns,
      id: () => clock.id(),
      now: () => clock.now(),
    },
    reconcile: (request) => triggers.run(request),
    record: (event) => events.record(event),
    scarcePorts: () => flows.scarcePorts(),
  });
  const doctor = new DoctorService({
    ports,
    specs: () => desired.current.networks,
    lost: () => desired.lost,
    own: createOwnProcess(config.stateDir),
  });
  const { displays, sessionWatch, sessionServices } = composeSessions(config, {
    ports,
    networks,
    leases: () => desired.current.leases,
    clock,
    record: (event) => events.record(event),
    onFailure: (error) => logger.warn(error, 'the sessions could not be looked at'),
  });
  // Its library is loaded where somebody asked for metrics.
  const { listen, textfile } = config.metrics;
  const metrics =
    listen === null && textfile === null
      ? null
      : (await import('./metrics/metrics.ts')).createMetrics({
          version: packageJson.version,
          drops: () => ports.nft.counters(),
          sysctl: ports.sysctl,
          counters: () => flows.counters(null),
        });
  const outlets: MetricsOutlet[] = [];
  let last: RunReport | null = null;
  const flight = new SingleFlight(async (requests: readonly Request[]): Promise<RunReport> => {
    const report = await reconciler.run(requests);
    const { reasons, durationMs, done } = report;
    logger.debug({ reasons, durationMs, steps: done.map(({ why }) => why) }, 'looked at the host');
    metrics?.publish(report);
    networks.publish(report);
    host.publish(report);
    violations.publish(report);
    fallback.publish(report);
    flows.publish(report.resolution.networks.map(({ spec }) => spec));
    for (const event of reportEvents(report, last)) {
      logger.info(event, event.message);
      await events.record(event);
    }
    last = report;
    return report;
  });
  const triggers: Triggers = new Triggers({
    flight,
    onCrash: (error) => {
      logger.error(error, 'looking at the host failed');
      const message = `looking at the host failed: ${error instanceof Error ? error.message : String(error)}`;
      void events.record(news('error', message));
    },
  });
  return {
    logger,
    displays,
    services: {
      networks,
      host,
      settings: tellSettings(config),
      events,
      violations,
      leases: {
        list: (network: string | null) => leaseViews(desired.current, network, clock.now()),
      },
      flows,
      ...sessionServices,
      doctor,
      verify: new VerifyService({
        prober: createNetnsProber(run),
        ports,
        find: (name) => networks.findLeaving(name),
        all: () => networks.allLeaving(),
        echo: config.echo,
        onVerified: (results) => metrics?.verified(results),
      }),
    },
    async start(): Promise<void> {
      await events.record(news('agent.started', `version ${packageJson.version}`));
      if (desired.lost !== null) {
        logger.error(
          { reason: desired.lost },
          'the stored networks could not be read; the guard stays as it is',
        );
        await events.record(news('state.lost', desired.lost));
      }
      for (const { message, remedy } of await doctor.examineItself()) {
        logger.warn({ remedy }, message);
        await events.record(news('error', `${message}; ${remedy}`));
      }
      violations.start();
      fallback.start();
      sessionWatch.start();
      triggers.start([...createHostMonitors(), dockerMonitor(ports.docker)]);
      await triggers
        .run('start')
        .catch((error: unknown) => logger.error(error, 'the first look at the host failed'));
      await flows.start();
      if (metrics === null) return;
      const onFailure = (error: unknown) => logger.warn(error, 'metrics could not be told');
      const source = { text: () => metrics.text(), onFailure };
      if (listen !== null) outlets.push(await listenForMetrics(listen, source));
      if (textfile !== null) outlets.push(writeMetrics(textfile, source));
    },
    async stop(): Promise<void> {
      triggers.stop();
      fallback.stop();
      await Promise.all(outlets.map((outlet) => outlet.close()));
      await violations.stop();
      await sessionWatch.stop();
      await flows.stop();
      await flight.idle();
      await events.record(news('agent.stopped', 'guard, routes and networks stay as they are'));
    },
  };
}

function news(kind: EventKind, message: string) {
  return { kind, network: null, message, reason: 'the agent itself', actor: null };
}
