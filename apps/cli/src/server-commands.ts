import type { Entry } from './command.ts';

/** Commands that ask the server. */
export const SERVER_COMMANDS: readonly Entry[] = [
  {
    path: ['login'],
    summary: 'Sign in at a server',
    load: async () => (await import('./commands/server/login.ts')).login,
  },
  {
    path: ['logout'],
    summary: 'End the login',
    load: async () => (await import('./commands/server/logout.ts')).logout,
  },
  {
    path: ['whoami'],
    summary: 'Who is signed in, and what they may do',
    load: async () => (await import('./commands/server/whoami.ts')).whoami,
  },
  {
    path: ['image', 'create'],
    summary: 'Create an image, of which sessions are started',
    load: async () => (await import('./commands/server/image-change.ts')).imageCreate,
  },
  {
    path: ['image', 'list'],
    aliases: ['ls'],
    summary: 'All images, or those that you may start',
    load: async () => (await import('./commands/server/image-list.ts')).imageList,
  },
  {
    path: ['image', 'show'],
    summary: 'One image',
    load: async () => (await import('./commands/server/image-list.ts')).imageShow,
  },
  {
    path: ['image', 'update'],
    summary: 'Change an image, such as the networks that it is restricted to',
    load: async () => (await import('./commands/server/image-change.ts')).imageUpdate,
  },
  {
    path: ['image', 'delete'],
    aliases: ['rm'],
    summary: 'Delete an image that no session is of',
    load: async () => (await import('./commands/server/image-change.ts')).imageDelete,
  },
  {
    path: ['session', 'start'],
    summary: 'Start a session of an image',
    load: async () => (await import('./commands/server/session-start.ts')).sessionStart,
  },
  {
    path: ['session', 'open'],
    summary: 'The address of its desktop',
    load: async () => (await import('./commands/server/session-start.ts')).sessionOpen,
  },
  {
    path: ['session', 'list'],
    aliases: ['ls'],
    summary: 'Your sessions, or those of everybody',
    load: async () => (await import('./commands/server/session-list.ts')).sessionList,
  },
  {
    path: ['session', 'show'],
    summary: 'One session, and how it leaves',
    load: async () => (await import('./commands/server/session-list.ts')).sessionShow,
  },
  {
    path: ['session', 'stop'],
    summary: 'End its processes',
    load: async () => (await import('./commands/server/session-change.ts')).sessionStop,
  },
  {
    path: ['session', 'pause'],
    summary: 'Freeze its processes',
    load: async () => (await import('./commands/server/session-change.ts')).sessionPause,
  },
  {
    path: ['session', 'resume'],
    summary: 'Let it go on, or start it again',
    load: async () => (await import('./commands/server/session-start.ts')).sessionResume,
  },
  {
    path: ['session', 'delete'],
    aliases: ['rm'],
    summary: 'Delete a session with its container',
    load: async () => (await import('./commands/server/session-change.ts')).sessionDelete,
  },
  {
    path: ['session', 'verify'],
    summary: 'Ask from inside by which address it leaves',
    load: async () => (await import('./commands/server/session-change.ts')).sessionVerify,
  },
  {
    path: ['session', 'logs'],
    summary: 'What its container has written',
    load: async () => (await import('./commands/server/session-change.ts')).sessionLogs,
  },
  {
    path: ['session', 'share'],
    summary: 'Make a link by which others see it',
    load: async () => (await import('./commands/server/session-share.ts')).sessionShare,
  },
  {
    path: ['session', 'shares'],
    summary: 'The links by which others see it',
    load: async () => (await import('./commands/server/session-share.ts')).sessionShares,
  },
  {
    path: ['session', 'unshare'],
    summary: 'End such links',
    load: async () => (await import('./commands/server/session-share.ts')).sessionUnshare,
  },
  {
    path: ['user', 'create'],
    summary: 'Create a user',
    load: async () => (await import('./commands/server/user-change.ts')).userCreate,
  },
  {
    path: ['user', 'list'],
    aliases: ['ls'],
    summary: 'Everybody who has an account',
    load: async () => (await import('./commands/server/user-list.ts')).userList,
  },
  {
    path: ['user', 'show'],
    summary: 'One user',
    load: async () => (await import('./commands/server/user-list.ts')).userShow,
  },
  {
    path: ['user', 'update'],
    summary: 'Change name, password, groups or rights',
    load: async () => (await import('./commands/server/user-change.ts')).userUpdate,
  },
  {
    path: ['user', 'delete'],
    aliases: ['rm'],
    summary: 'Delete a user, with keys and logins',
    load: async () => (await import('./commands/server/user-change.ts')).userDelete,
  },
  {
    path: ['group', 'create'],
    summary: 'Create a group',
    load: async () => (await import('./commands/server/group.ts')).groupCreate,
  },
  {
    path: ['group', 'list'],
    aliases: ['ls'],
    summary: 'All groups',
    load: async () => (await import('./commands/server/group.ts')).groupList,
  },
  {
    path: ['group', 'show'],
    summary: 'One group with its settings',
    load: async () => (await import('./commands/server/group.ts')).groupShow,
  },
  {
    path: ['group', 'update'],
    summary: 'Change what a group grants, and its settings',
    load: async () => (await import('./commands/server/group.ts')).groupUpdate,
  },
  {
    path: ['group', 'delete'],
    aliases: ['rm'],
    summary: 'Delete a group; its members stay',
    load: async () => (await import('./commands/server/group.ts')).groupDelete,
  },
  {
    path: ['key', 'create'],
    summary: 'Make an API key',
    load: async () => (await import('./commands/server/key.ts')).keyCreate,
  },
  {
    path: ['key', 'list'],
    aliases: ['ls'],
    summary: 'Your API keys',
    load: async () => (await import('./commands/server/key.ts')).keyList,
  },
  {
    path: ['key', 'delete'],
    aliases: ['rm'],
    summary: 'Delete an API key',
    load: async () => (await import('./commands/server/key.ts')).keyDelete,
  },
  {
    path: ['audit', 'list'],
    aliases: ['ls'],
    summary: 'Who did what to which object',
    load: async () => (await import('./commands/server/audit.ts')).auditList,
  },
  {
    path: ['audit', 'verify'],
    summary: 'Check that nothing in the log was changed',
    load: async () => (await import('./commands/server/audit.ts')).auditVerify,
  },
  {
    path: ['settings'],
    summary: 'What server and agent are set up with, and by whom',
    load: async () => (await import('./commands/server/settings.ts')).settings,
  },
];
