import { createTheme, type CSSVariablesResolver, type MantineColorsTuple } from '@mantine/core';

/** The one accent: the green of deep harbour water. */
const harbour: MantineColorsTuple = [
  '#e6f6f6',
  '#d3e9ea',
  '#a8d2d4',
  '#79babe',
  '#53a6ab',
  '#3b999f',
  '#1f7d86',
  '#0d6673',
  '#07565f',
  '#00454d',
];

/** Greys of the dark scheme, with a little of the accent in them. */
const dark: MantineColorsTuple = [
  '#d5dedd',
  '#bccac8',
  '#9fb0ad',
  '#7b8f8c',
  '#34423f',
  '#2a3638',
  '#1d282a',
  '#182123',
  '#12191b',
  '#0c1113',
];

export const theme = createTheme({
  primaryColor: 'harbour',
  primaryShade: { light: 7, dark: 6 },
  autoContrast: true,
  colors: { harbour, dark },
  defaultRadius: 'sm',
  cursorType: 'pointer',
  fontFamily: '"Inter", "Segoe UI", "Noto Sans", system-ui, sans-serif',
  headings: {
    fontWeight: '600',
    sizes: { h1: { fontSize: '1.35rem' }, h2: { fontSize: '1.05rem' } },
  },
});

const OURS = {
  '--mantine-color-dimmed': 'var(--quiet)',
  '--mantine-color-placeholder': 'var(--quiet)',
  '--mantine-color-error': 'var(--bad)',
};

/** Where the kit's own greys are not ours; texts that explain keep a contrast of 4.5. */
export const resolveVariables: CSSVariablesResolver = () => ({
  variables: OURS,
  light: OURS,
  dark: OURS,
});
