import * as z from 'zod';
import { documentSchema } from '../document.ts';
import { imageCreateSchema } from './images.ts';
import { groupCreateSchema, userCreateSchema } from './people.ts';

/** Refuses a list in which two entries are called alike. */
function namedOnce<S extends z.ZodType<{ readonly name: string }>>(entry: S) {
  return z.array(entry).superRefine((entries, context) => {
    const seen = new Set<string>();
    for (const [index, { name }] of entries.entries()) {
      if (seen.has(name)) {
        context.addIssue({
          code: 'custom',
          path: [index, 'name'],
          message: 'is named twice',
          params: { remedy: 'keep one of the two' },
        });
      }
      seen.add(name);
    }
  });
}

const documentGroupSchema = groupCreateSchema.extend({
  everyone: z.boolean().default(false).describe('The group of everybody, whatever it is called'),
});
/** Passwords are in no file: a user that is created gets one, which is shown once. */
const documentUserSchema = userCreateSchema
  .omit({ password: true })
  .extend({ groups: z.array(z.string()).default([]).describe('Names of groups') });

/** A file that comes from elsewhere can not say yes to the rights that it asks for. */
const documentImageSchema = imageCreateSchema
  .omit({ confirmWidening: true })
  .extend({ groups: z.array(z.string()).default([]).describe('Names of groups') });

/**
 * The file of `sallyport apply` and `sallyport export`: the networks of a host, and what a server has. What
 * a section does not name is extra; a section that is not there is not touched.
 */
export const siteDocumentSchema = z
  .strictObject({
    networks: documentSchema.shape.networks.unwrap().optional(),
    groups: namedOnce(documentGroupSchema).optional(),
    users: namedOnce(documentUserSchema).optional(),
    images: namedOnce(documentImageSchema).optional(),
  })
  .refine((document) => Object.values(document).some((section) => section !== undefined), {
    message: 'names nothing: there is no section networks, groups, users or images',
  });
export type SiteDocument = z.output<typeof siteDocumentSchema>;
export type DocumentGroup = z.output<typeof documentGroupSchema>;
export type DocumentUser = z.output<typeof documentUserSchema>;
export type DocumentImage = z.output<typeof documentImageSchema>;
