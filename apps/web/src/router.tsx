import { PAGES, type PageName } from '@sallyport/contract/server/pages';
import {
  createRootRoute,
  createRoute,
  createRouter,
  lazyRouteComponent,
  type RouteComponent,
} from '@tanstack/react-router';
import { Home } from './pages/home.tsx';
import { NotFound } from './pages/not-found.tsx';
import { Shell } from './shell/shell.tsx';

/** What each page shows. Only the first is loaded at once. */
const COMPONENTS: Readonly<Record<PageName, RouteComponent>> = {
  home: Home,
  signIn: lazyRouteComponent(() => import('./pages/sign-in.tsx'), 'SignIn'),
  setup: lazyRouteComponent(() => import('./pages/setup.tsx'), 'Setup'),
  sessions: lazyRouteComponent(() => import('./pages/sessions.tsx'), 'MySessions'),
  session: lazyRouteComponent(() => import('./pages/session/session-page.tsx'), 'SessionPage'),
  share: lazyRouteComponent(() => import('./pages/session/share-page.tsx'), 'SharePage'),
  account: lazyRouteComponent(() => import('./pages/account.tsx'), 'AccountPage'),
  egress: lazyRouteComponent(() => import('./pages/egress.tsx'), 'Egress'),
  network: lazyRouteComponent(() => import('./pages/network.tsx'), 'NetworkPage'),
  images: lazyRouteComponent(() => import('./pages/images.tsx'), 'Images'),
  image: lazyRouteComponent(() => import('./pages/image.tsx'), 'ImagePage'),
  allSessions: lazyRouteComponent(() => import('./pages/sessions.tsx'), 'AllSessions'),
  users: lazyRouteComponent(() => import('./pages/users.tsx'), 'Users'),
  groups: lazyRouteComponent(() => import('./pages/groups.tsx'), 'Groups'),
  host: lazyRouteComponent(() => import('./pages/host.tsx'), 'HostPage'),
  settings: lazyRouteComponent(() => import('./pages/settings.tsx'), 'SettingsPage'),
  audit: lazyRouteComponent(() => import('./pages/audit.tsx'), 'Audit'),
};

/** The pages of the contract, in the frame that all of them share. */
export function createPageRouter() {
  const root = createRootRoute({ component: Shell, notFoundComponent: NotFound });
  const routes = (Object.keys(PAGES) as PageName[]).map((name) =>
    createRoute({
      getParentRoute: () => root,
      path: PAGES[name].replace(/\{(\w+)\}/g, '$$$1'),
      component: COMPONENTS[name],
    }),
  );
  return createRouter({ routeTree: root.addChildren(routes), defaultPreload: 'intent' });
}
