import { type Context, defineCommand } from '../command.ts';
import { badInput } from '../show-error.ts';
import { exportImages, exportNetworks, exportPeople } from '../site/export-site.ts';
import { findNetworkDoor } from '../site/network-door.ts';

const SECTIONS = ['networks', 'groups', 'users', 'images'] as const;
type Section = (typeof SECTIONS)[number];

export const exportDocument = defineCommand({
  description:
    'Prints, as YAML, the file from which `sallyport apply` makes what there is: the networks and, for\n' +
    'who is signed in, groups, users and images. Passwords are in no file; the environments of images\n' +
    'are, with their values. --json: as JSON.',
  options: {
    only: {
      value: 'SECTION',
      summary: `Only this section, may be given several times: ${SECTIONS.join(', ')}`,
      repeat: true,
      offer: SECTIONS,
    },
  },
  examples: [
    'sallyport export > site.yaml',
    'sallyport export --only groups --only users',
    'sallyport apply -f site.yaml --dry-run',
  ],
  run: async (context, { options }) => {
    const sections = await chooseSections(context, options.only);
    const has = (section: Section): boolean => sections.includes(section);
    const { networks, written } = has('networks')
      ? await exportNetworks(await findNetworkDoor(context))
      : { networks: undefined, written: undefined };
    const people =
      has('groups') || has('users') ? await exportPeople(context.serverExactly) : undefined;
    const more = {
      ...(has('groups') && { groups: people?.groups }),
      ...(has('users') && { users: people?.users }),
      ...(has('images') && { images: await exportImages(context.serverExactly) }),
    };
    return {
      json: { ...(networks && { networks }), ...more },
      text: async () => {
        const { stringifySafely } = await import('../site/stringify.ts');
        return stringifySafely({ ...(written && { networks: written }), ...more });
      },
    };
  },
});

/** Those that are named; else the networks, and what the server has for who is signed in. */
async function chooseSections(
  { logins }: Context,
  only: readonly string[],
): Promise<readonly Section[]> {
  if (only.length === 0) {
    const { login } = await logins.site();
    return login === null ? ['networks'] : SECTIONS;
  }
  return only.map((text) => {
    const section = SECTIONS.find((one) => one === text);
    if (section !== undefined) return section;
    throw badInput('--only', text, {
      message: 'is no section',
      remedy: `give one of ${SECTIONS.join(', ')}`,
    });
  });
}
