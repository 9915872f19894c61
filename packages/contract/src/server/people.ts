import { EXPIRY_ACTIONS } from '@sallyport/core/group-settings';
import { PERMISSIONS } from '@sallyport/core/permissions';
import * as z from 'zod';
import { networkNameField } from '../fields.ts';

const DAY = 86_400;

/** Lower case, since people do not remember how they wrote it. */
export const userNameField = z
  .string()
  .max(128)
  .transform((text) => text.trim().toLowerCase())
  .pipe(
    z
      .string()
      .regex(
        /^[a-z0-9][a-z0-9._@+-]*$/,
        'must begin with a letter or digit, then letters, digits and . _ @ + -',
      ),
  )
  .meta({ description: 'Name to sign in with, in lower case', examples: ['anna'] });

/** NIST SP 800-63B: length counts, rules of composition do not. The upper limit bounds hashing. */
export const newPasswordField = z
  .string()
  .min(12, 'must have at least 12 characters')
  .max(256, 'must have at most 256 characters')
  .describe('A new password');

const permissionsField = z.array(z.enum(PERMISSIONS)).describe('Names of permissions');
const timeField = z.int().describe('Milliseconds since 1970');
const versionField = z.int().describe('Grows with each change; also in the ETag header');
const idField = z.string().describe('UUID');

const settingsFields = {
  clipboardIn: z.boolean(),
  clipboardOut: z.boolean(),
  upload: z.boolean(),
  download: z.boolean(),
  sharing: z.boolean(),
  pauseSessions: z.boolean(),
  stopSessions: z.boolean(),
  deleteSessions: z.boolean(),
  persistentProfile: z.boolean(),
  maxSessions: z.int().min(0).max(1000),
  keepaliveExpiration: z
    .int()
    .min(60)
    .max(30 * DAY)
    .describe('Seconds'),
  keepaliveAction: z.enum(EXPIRY_ACTIONS),
  idleDisconnect: z.int().min(60).max(DAY).nullable().describe('Seconds; null: never'),
  sessionTimeLimit: z
    .int()
    .min(60)
    .max(30 * DAY)
    .nullable()
    .describe('Seconds; null: none'),
  allowedNetworks: z.array(networkNameField).nullable().describe('null: all'),
};
const effectiveSettingsSchema = z.strictObject({
  ...settingsFields,
  allowedNetworks: z.array(z.string()).nullable(),
});
const groupSettingsField = z
  .strictObject(settingsFields)
  .partial()
  .describe('What is absent is left to the next group by priority');

/** Whoever is signed in, and what holds for them. */
export const accountSchema = z.strictObject({
  id: idField,
  name: z.string(),
  displayName: z.string(),
  administrator: z.boolean(),
  permissions: permissionsField,
  settings: effectiveSettingsSchema,
  secondFactor: z.boolean(),
  csrfToken: z
    .string()
    .nullable()
    .describe('For the Sallyport-CSRF header of changes; null for API keys, which need none'),
});

export const signInOptionsSchema = z.strictObject({
  password: z.literal(true),
  oidc: z
    .strictObject({
      name: z.string().describe('What the button says'),
      path: z.string().describe('Where a browser is led to begin'),
    })
    .nullable()
    .describe('null: there is no provider'),
});

export const signInSchema = z.strictObject({
  name: userNameField,
  password: z.string().max(256),
  code: z.string().max(32).optional().describe('Of the second factor, or a recovery code'),
});

export const passwordChangeSchema = z.strictObject({
  current: z.string().max(256),
  new: newPasswordField,
});
export const passwordSchema = z.strictObject({ password: z.string().max(256) });
export const codeSchema = z.strictObject({ code: z.string().max(32) });
export const secondFactorSchema = z.strictObject({
  secret: z.string().describe('Base32, for an authenticator'),
  uri: z.string().describe('otpauth:// address, for a QR code'),
});
export const recoveryCodesSchema = z.strictObject({
  recoveryCodes: z.array(z.string()).describe('Shown once; each works once'),
});

export const keyCreateSchema = z.strictObject({
  name: z.string().min(1).max(64),
  scopes: permissionsField.describe('The key can do no more than these, nor more than its owner'),
  days: z.int().min(1).max(365).default(90).describe('How long it works'),
});
export const keySchema = z.strictObject({
  id: idField,
  name: z.string(),
  scopes: permissionsField,
  createdAt: timeField,
  expiresAt: timeField,
});
export const newKeySchema = keySchema.extend({
  key: z.string().describe('The key itself; shown once'),
});

const userFields = {
  name: userNameField,
  displayName: z.string().max(128),
  administrator: z.boolean(),
  disabled: z.boolean(),
  groups: z
    .array(z.string().max(64))
    .max(100)
    .describe('Ids of groups; that of everybody is implied'),
};
export const userCreateSchema = z.strictObject({
  name: userFields.name,
  password: newPasswordField,
  displayName: userFields.displayName.default(''),
  administrator: userFields.administrator.default(false),
  disabled: userFields.disabled.default(false),
  groups: userFields.groups.default([]),
});
export type UserCreate = z.output<typeof userCreateSchema>;
export const userUpdateSchema = z
  .strictObject({ ...userFields, password: newPasswordField })
  .partial()
  .refine((update) => Object.keys(update).length > 0, 'names nothing to change');
export type UserUpdate = z.output<typeof userUpdateSchema>;
export const userSchema = z.strictObject({
  id: idField,
  ...userFields,
  name: z.string(),
  secondFactor: z.boolean(),
  version: versionField,
  createdAt: timeField,
  updatedAt: timeField,
});

const groupFields = {
  name: z.string().trim().min(1).max(64),
  description: z.string().max(500),
  priority: z.int().min(1).max(10_000).describe('The lowest number decides first'),
  permissions: permissionsField,
  settings: groupSettingsField,
};
export const groupCreateSchema = z.strictObject({
  name: groupFields.name,
  description: groupFields.description.default(''),
  priority: groupFields.priority.default(100),
  permissions: groupFields.permissions.default([]),
  settings: groupFields.settings.default({}),
});
export type GroupCreate = z.output<typeof groupCreateSchema>;
export const groupUpdateSchema = z
  .strictObject(groupFields)
  .partial()
  .refine((update) => Object.keys(update).length > 0, 'names nothing to change');
export type GroupUpdate = z.output<typeof groupUpdateSchema>;
export const groupSchema = z.strictObject({
  id: idField,
  ...groupFields,
  name: z.string(),
  settings: effectiveSettingsSchema.partial(),
  everyone: z.boolean().describe('Everybody is in it'),
  version: versionField,
  createdAt: timeField,
  updatedAt: timeField,
});
