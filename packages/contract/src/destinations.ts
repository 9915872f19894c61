import { contradictions, DEFAULT_DESTINATIONS, PRESETS } from '@sallyport/core/destinations';
import type { Prefix } from '@sallyport/core/prefix';
import * as z from 'zod';
import { hostServiceField, prefixField } from './fields.ts';

/** Every prefix is an element of the guard's sets; more than this is a case for a firewall. */
const LONGEST_LIST = 256;

const presetField = z
  .enum(PRESETS, 'must be `internet-only`, `lan-allowed` or `any`')
  .describe(
    '`internet-only`: nothing private or link-local, and none of the neighbours of the host. `lan-allowed`: everything but link-local addresses. `any`: everything. Metadata services are denied by all three.',
  );

const fields = z.strictObject({
  preset: presetField,
  allow: z
    .array(prefixField)
    .max(LONGEST_LIST)
    .describe('Prefixes that are allowed. The most specific prefix of all decides'),
  deny: z.array(prefixField).max(LONGEST_LIST).describe('Prefixes that are denied'),
  hostServices: z
    .array(hostServiceField)
    .max(LONGEST_LIST)
    .describe('Services of the host itself that containers may use; all others are denied'),
});

interface Lists {
  readonly allow?: readonly Prefix[] | undefined;
  readonly deny?: readonly Prefix[] | undefined;
}

/** Of two equal prefixes none is the more specific one: somebody has to say what is meant. */
function refuseContradictions(
  { allow = [], deny = [] }: Lists,
  context: z.core.$RefinementCtx<Lists>,
): void {
  for (const prefix of contradictions({ allow, deny })) {
    context.addIssue({
      code: 'custom',
      path: ['allow', allow.indexOf(prefix)],
      message: `is in both lists: allow ${prefix} and deny ${prefix}`,
      params: { remedy: 'take it out of one of the two' },
    });
  }
}

/** Destinations of a new network; what is left out is the default's. */
export const destinationsInput = fields
  .extend({
    preset: presetField.default(DEFAULT_DESTINATIONS.preset),
    allow: fields.shape.allow.default([]),
    deny: fields.shape.deny.default([]),
    hostServices: fields.shape.hostServices.default([]),
  })
  .superRefine(refuseContradictions)
  .describe('Where its containers may connect to');

/** A change of destinations; what is left out stays as it is. */
export const destinationsUpdate = fields.partial().superRefine(refuseContradictions);

/** A change merged into what was there, where the field has its place in the request. */
export const mergedDestinationsSchema = z.strictObject({
  destinations: fields.superRefine(refuseContradictions),
});

/** As the API shows them. */
export const destinationsView = z.strictObject({
  preset: presetField,
  allow: z.array(z.string()),
  deny: z.array(z.string()),
  hostServices: z.array(z.string()),
});
