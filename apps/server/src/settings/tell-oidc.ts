import type { Setting } from '@sallyport/contract/settings';
import type { OidcConfig } from '../auth/oidc/oidc-config.ts';

/** Pure: the provider by which people sign in, without its secret. @param path of the file that names it */
export function tellOidc(config: OidcConfig, path: string): Setting[] {
  const groups = Object.entries(config.groups).map(([value, group]) => `${value}: ${group}`);
  const rows = [
    ['issuer', 'The provider', config.issuer.href],
    ['clientId', 'As what this server is known there', config.clientId],
    ['publicUrl', 'By which people reach this server', config.publicUrl.href],
    ['name', 'What the button says', config.name],
    ['scopes', 'What it is asked for', [...config.scopes]],
    ['groupsClaim', 'The claim that lists the groups of a person', config.groupsClaim],
    ['groups', 'Groups here, by what the claim calls them', groups],
    ['createUsers', 'Whether somebody who was never here gets an account', config.createUsers],
  ] as const;
  return rows.map(([key, meaning, value]) => ({
    name: `oidc.${key}`,
    about: 'people',
    meaning,
    value: typeof value === 'object' ? [...value] : value,
    ...(config.given.has(key) ? { source: 'file', where: path } : { source: 'default', where: '' }),
  }));
}
