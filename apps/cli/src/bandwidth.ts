import type { NetworkCreateInput, NetworkView } from '@sallyport/contract/network';
import { formatBitRate } from '@sallyport/core/bandwidth';
import type { OptionSpec } from './command.ts';

/** Limits of bandwidth: options, and what `network show` says of them. */
export const BANDWIDTH_OPTIONS = {
  upload: {
    value: 'RATE',
    summary: 'Limit of what its containers send, such as 20mbit; none: not limited (default)',
    offer: ['none'],
  },
  download: {
    value: 'RATE',
    summary: 'Limit of what its containers receive; none: not limited (default)',
    offer: ['none'],
  },
} as const satisfies Record<string, OptionSpec>;

/** Paths of the fields that those options set. */
export const BANDWIDTH_FIELDS = {
  'bandwidth.upload': '--upload',
  'bandwidth.download': '--download',
} as const;

interface BandwidthOptions {
  readonly upload: string | undefined;
  readonly download: string | undefined;
}

/** Only what was given; checked afterwards by the contract's schema. */
export function bandwidthFields({
  upload,
  download,
}: BandwidthOptions): Pick<Partial<NetworkCreateInput>, 'bandwidth'> {
  const bandwidth = {
    ...(upload !== undefined && { upload: rateOf(upload) }),
    ...(download !== undefined && { download: rateOf(download) }),
  };
  return Object.keys(bandwidth).length === 0 ? {} : { bandwidth };
}

function rateOf(given: string): string | null {
  return given === 'none' ? null : given;
}

/** Lines of `network show`; none where nothing is limited. */
export function bandwidthPairs({
  upload,
  download,
}: NetworkView['bandwidth']): readonly (readonly [string, string])[] {
  if (upload === null && download === null) return [];
  return [['Bandwidth', `upload ${textOf(upload)}, download ${textOf(download)}`]];
}

function textOf(rate: number | null): string {
  return rate === null ? 'not limited' : formatBitRate(rate);
}

/** As it is written in a file; nothing where nothing is limited. */
export function bandwidthText({ upload, download }: NetworkView['bandwidth']) {
  const bandwidth = {
    ...(upload !== null && { upload: formatBitRate(upload) }),
    ...(download !== null && { download: formatBitRate(download) }),
  };
  return Object.keys(bandwidth).length === 0 ? {} : { bandwidth };
}
