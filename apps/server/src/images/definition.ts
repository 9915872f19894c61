import type { ImageDefinition, ImageView } from '@sallyport/contract/server/images';
import type { WIDENING } from '@sallyport/contract/server/images';
import type { ImageRow } from '../db/tables.ts';

type Widening = (typeof WIDENING)[number];

/** Where in an image what widens the rights of its containers is written. */
export const WIDENING_FIELDS: Readonly<Record<Widening, string>> = {
  privileged: 'runConfig.privileged',
  capAdd: 'runConfig.capAdd',
  devices: 'runConfig.devices',
  gpus: 'gpus',
  volumes: 'volumes',
  root: 'runConfig.user',
};

/** What gives the containers of an image more than others have. */
export function wideningOf({ runConfig, volumes, gpus }: ImageDefinition): readonly Widening[] {
  const { privileged = false, capAdd = [], devices = [], user = '1000' } = runConfig;
  const [uid, gid] = user.split(':');
  return [
    ...(privileged ? (['privileged'] as const) : []),
    ...(capAdd.length > 0 ? (['capAdd'] as const) : []),
    ...(devices.length > 0 ? (['devices'] as const) : []),
    ...(gpus > 0 ? (['gpus'] as const) : []),
    ...(volumes.length > 0 ? (['volumes'] as const) : []),
    ...(Number(uid) === 0 || (gid !== undefined && Number(gid) === 0) ? (['root'] as const) : []),
  ];
}

/** Columns of their own are those that are searched or unique; the rest is one JSON text. */
export function definitionOf(row: ImageRow): ImageDefinition {
  return {
    ...(JSON.parse(row.definition) as Omit<ImageDefinition, 'name' | 'enabled' | 'picture'>),
    name: row.name,
    enabled: row.enabled === 1,
    picture: row.picture,
  };
}

export function columnsOf({ name, enabled, picture, ...rest }: ImageDefinition) {
  return { name, enabled: Number(enabled), picture, definition: JSON.stringify(rest) };
}

export function viewImage(row: ImageRow): ImageView {
  const definition = definitionOf(row);
  return {
    id: row.id,
    ...definition,
    widening: [...wideningOf(definition)],
    version: row.version,
    createdAt: row.created_at,
    updatedAt: row.updated_at,
  };
}

/** What the audit log keeps of an image: of the environment the names alone, and no picture. */
export function auditDetails(wish: Partial<ImageDefinition>): Readonly<Record<string, unknown>> {
  const { picture, environment, runConfig, ...rest } = wish;
  return {
    ...rest,
    ...(picture !== undefined && { picture: picture === null ? null : 'changed' }),
    ...(environment !== undefined && { environment: Object.keys(environment) }),
    ...(runConfig !== undefined && {
      runConfig: {
        ...runConfig,
        ...(runConfig.environment && { environment: Object.keys(runConfig.environment) }),
      },
    }),
  };
}
