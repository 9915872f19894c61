import type { SessionContainerPlan } from '../ports/sessions.ts';

/** Period of the processor limit in microseconds, the kernel's own default. */
const CPU_PERIOD_US = 100_000;

/** Pure: what the Docker Engine takes for a session's container (API 1.41). */
export function renderContainer(plan: SessionContainerPlan): unknown {
  const { binds, profile } = plan;
  return {
    Image: plan.image,
    User: plan.user,
    Env: plan.environment,
    Labels: plan.labels,
    ...(plan.hostname !== null && { Hostname: plan.hostname }),
    ...(plan.command !== null && { Cmd: plan.command }),
    HostConfig: {
      NetworkMode: plan.network,
      // The server decides what becomes of a session that has ended, also after a boot.
      RestartPolicy: { Name: 'no' },
      Dns: plan.dns,
      ExtraHosts: Object.entries(plan.extraHosts).map(([name, address]) => `${name}:${address}`),
      // Not NanoCpus, with which Docker refuses more than the host has.
      CpuPeriod: CPU_PERIOD_US,
      CpuQuota: Math.round(plan.cores * CPU_PERIOD_US),
      Memory: plan.memoryBytes,
      // Memory and swap together: no swap beyond it.
      MemorySwap: plan.memoryBytes,
      PidsLimit: plan.pids,
      ShmSize: plan.sharedMemoryBytes,
      IpcMode: 'private',
      Privileged: plan.privileged,
      ...(plan.privileged ? {} : hardening(plan)),
      Devices: plan.devices.map((path) => ({
        PathOnHost: path,
        PathInContainer: path,
        CgroupPermissions: 'rw',
      })),
      ...(plan.gpus > 0 && {
        DeviceRequests: [{ Count: plan.gpus, Capabilities: [['gpu']] }],
      }),
      Mounts: [
        ...binds.map(({ source, target, readOnly }) => ({
          Type: 'bind',
          Source: source,
          Target: target,
          ReadOnly: readOnly,
          // What the container mounts or the host mounts later stays where it is.
          BindOptions: { Propagation: 'rprivate' },
        })),
        ...(profile === null
          ? []
          : [{ Type: 'volume', Source: profile.volume, Target: profile.target }]),
      ],
      // What a desktop prints for weeks must not fill the disk of the host.
      LogConfig: { Type: 'json-file', Config: { 'max-size': '10m', 'max-file': '2' } },
    },
    NetworkingConfig: { EndpointsConfig: { [plan.network]: {} } },
  };
}

/** Docker lets a privileged container have all of this anyway. */
function hardening({ capabilities, seccomp }: SessionContainerPlan) {
  return {
    CapDrop: ['ALL'],
    CapAdd: capabilities,
    SecurityOpt: ['no-new-privileges', `seccomp=${seccomp}`],
  };
}
