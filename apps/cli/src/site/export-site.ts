import { bandwidthText } from '../bandwidth.ts';
import { listGroups, listImages, listUsers } from '../server/find.ts';
import type { ServerClient } from '@sallyport/contract/client';
import { imageForm } from './image-section.ts';
import type { NetworkDoor } from './network-door.ts';
import { groupForm, userForm } from './people-sections.ts';

/** The networks, and the same as people write them: without what is left to the agent. */
export async function exportNetworks(door: NetworkDoor) {
  const { networks } = await door.exportDocument();
  const written = networks.map((network) => {
    const { name, egress, gateway, gateway6, subnet, subnet6, dns } = network;
    return {
      name,
      egress: withoutEmpty(egress),
      ...(network.fallback.length > 0 && { fallback: network.fallback }),
      ...(network.assign !== 'shared' && { assign: network.assign }),
      ...(network.onChange !== 'reset' && { onChange: network.onChange }),
      route: network.route,
      ...(gateway !== null && { gateway }),
      ...(gateway6 !== null && { gateway6 }),
      ...(subnet !== null && { subnet }),
      ...(subnet6 !== null && { subnet6 }),
      ...(dns !== null && { dns }),
      destinations: withoutEmpty(network.destinations),
      ...bandwidthText(network.bandwidth),
      ...(network.strict && { strict: true }),
    };
  });
  return { networks, written };
}

/** Groups and users as the file writes them. */
export async function exportPeople(server: ServerClient) {
  const [groups, users] = await Promise.all([listGroups(server), listUsers(server)]);
  const names = new Map(groups.map(({ id, name }) => [id, name]));
  return {
    groups: groups.map((group) => withoutUnsaid(groupForm(group))),
    users: users.map((user) => withoutUnsaid(userForm(user, names))),
  };
}

/** Images as the file writes them. */
export async function exportImages(server: ServerClient) {
  const [images, groups] = await Promise.all([listImages(server), listGroups(server)]);
  const names = new Map(groups.map(({ id, name }) => [id, name]));
  return images.map((image) => {
    const { enabled, ...form } = imageForm(image, names);
    return { ...withoutUnsaid(form), ...(!enabled && { enabled }) };
  });
}

/** A list that is empty need not be written. */
function withoutEmpty<T extends object>(value: T): Partial<T> {
  const entries = Object.entries(value).filter(([, one]) => !Array.isArray(one) || one.length > 0);
  return Object.fromEntries(entries) as Partial<T>;
}

/** What is so without a word need not be written. */
function withoutUnsaid<T extends object>(value: T): Partial<T> {
  const isUnsaid = (one: unknown): boolean =>
    one === '' ||
    one === false ||
    one === null ||
    (typeof one === 'object' && Object.keys(one).length === 0);
  const entries = Object.entries(value).filter(([, one]) => !isUnsaid(one));
  return Object.fromEntries(entries) as Partial<T>;
}
