import { describeFieldError, type FieldError, SallyportError } from '@sallyport/contract/errors';
import type { SessionCreate } from '@sallyport/contract/sessions';
import { capabilityName, type SessionPolicy } from './policy.ts';

const MIB = 1024 * 1024;

/** Pure: everything that the configuration does not allow. Paths of the host have a look of their own. */
export function findForbidden(wish: SessionCreate, policy: SessionPolicy): readonly FieldError[] {
  return [
    ...privileges(wish, policy),
    ...listed(wish, policy),
    ...commands(wish, policy),
    ...limit('gpus', wish.gpus ?? 0, { most: policy.maxGpus, key: 'maxGpus' }),
    ...limit('cores', wish.cores, { most: policy.maxCores, key: 'maxCores' }),
    ...limit('memoryBytes', wish.memoryBytes / MIB, {
      most: policy.maxMemoryMiB,
      key: 'maxMemoryMiB',
    }),
    ...limit('pids', wish.pids, { most: policy.maxPids, key: 'maxPids' }),
  ];
}

/** @throws SallyportError `session_refused` where something is forbidden */
export function refuseForbidden(errors: readonly FieldError[]): void {
  if (errors.length === 0) return;
  throw new SallyportError('session_refused', errors.map(describeFieldError).join('\n'), {
    remedy: 'Leave it out, or allow it in the configuration of the agent and restart the agent.',
    errors,
  });
}

/** One refusal, with the key of the configuration that would allow it. */
export function forbidden(
  field: string,
  value: unknown,
  { message, key }: { readonly message: string; readonly key: string },
): FieldError {
  return { field, value, message, remedy: `the key is sessions.${key}` };
}

function privileges({ privileged, user }: SessionCreate, policy: SessionPolicy): FieldError[] {
  const errors: FieldError[] = [];
  if (privileged && !policy.allowPrivileged) {
    const message = 'is not allowed: a privileged container is root of this host';
    errors.push(forbidden('privileged', true, { message, key: 'allowPrivileged' }));
  }
  // The group of root may read much of what its user may.
  if (user.split(':').some((id) => Number(id) === 0) && !policy.allowRoot) {
    errors.push(
      forbidden('user', user, { message: 'is root, which is not allowed', key: 'allowRoot' }),
    );
  }
  return errors;
}

function commands({ launch }: SessionCreate, { allowLaunchCommands }: SessionPolicy): FieldError[] {
  if (launch === undefined || allowLaunchCommands) return [];
  const message = 'holds commands, which are not allowed';
  return [forbidden('launch', launch, { message, key: 'allowLaunchCommands' })];
}

function listed(wish: SessionCreate, policy: SessionPolicy): FieldError[] {
  const message = 'is not among those that are allowed';
  return [
    ...wish.capabilities.flatMap((name, index) =>
      policy.allowedCapabilities.includes(capabilityName(name))
        ? []
        : [forbidden(`capabilities[${index}]`, name, { message, key: 'allowedCapabilities' })],
    ),
    ...wish.devices.flatMap((path, index) =>
      policy.allowedDevices.includes(path)
        ? []
        : [forbidden(`devices[${index}]`, path, { message, key: 'allowedDevices' })],
    ),
  ];
}

function limit(
  field: string,
  value: number,
  { most, key }: { readonly most: number | null; readonly key: keyof SessionPolicy },
): FieldError[] {
  if (most === null || value <= most) return [];
  const unit = key === 'maxMemoryMiB' ? ' MiB' : '';
  return [forbidden(field, value, { message: `is more than ${most}${unit}`, key })];
}
