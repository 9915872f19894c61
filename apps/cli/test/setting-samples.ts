import type { Setting } from '@sallyport/contract/settings';

const setting: Setting = {
  name: 'default-network',
  about: 'server',
  meaning: 'Where sessions go whose image is restricted to no network',
  value: null,
  source: 'default',
  where: '',
};

/** Of a server that nobody has set up. */
export const serverSettings = (): Setting[] => [
  setting,
  { ...setting, name: 'https', meaning: 'By https', value: false },
];

/** Of an agent with a file. */
export const agentSettings = (): Setting[] => [
  {
    ...setting,
    name: 'echo',
    about: 'ways',
    meaning: 'Echo services',
    value: ['http://198.51.100.10/', 'stun://198.51.100.10'],
    source: 'file',
    where: '/etc/sallyport/agent.yaml',
  },
  { ...setting, name: 'dns', about: 'ways', meaning: 'Name servers', value: [] },
];
