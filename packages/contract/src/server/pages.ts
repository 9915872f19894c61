/**
 * Addresses of the page. The server answers exactly these as found, and the page's router has exactly
 * these, so that a mistyped address is told as such by both.
 */
export const PAGES = {
  home: '/',
  signIn: '/sign-in',
  setup: '/setup',
  sessions: '/sessions',
  session: '/sessions/{id}',
  share: '/share/{token}',
  account: '/account',
  egress: '/admin/egress',
  network: '/admin/egress/{id}',
  images: '/admin/images',
  image: '/admin/images/{id}',
  allSessions: '/admin/sessions',
  users: '/admin/users',
  groups: '/admin/groups',
  host: '/admin/host',
  audit: '/admin/audit',
  settings: '/admin/settings',
} as const;
export type PageName = keyof typeof PAGES;

/** Where a browser begins to sign in by an OpenID provider; no page, it leads on. */
export const OIDC_PATH = '/sign-in/oidc';
