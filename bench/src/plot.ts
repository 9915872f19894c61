import type { Series } from './figures.ts';

const WIDTH = 720;
const HEIGHT = 360;
const MARGIN = { left: 70, right: 190, top: 20, bottom: 45 };
/** Told apart also without colour: each line has a dash pattern of its own. */
const STYLES = [
  { colour: '#0b6e4f', dash: '' },
  { colour: '#c0392b', dash: '6 4' },
  { colour: '#34495e', dash: '2 3' },
  { colour: '#8e6c1f', dash: '10 3 2 3' },
] as const;

/** A line for each series over the number of networks (logarithmic), as SVG that needs no style sheet. */
export function renderPlot(series: readonly Series[]): string {
  const points = series.flatMap((one) => one.points);
  const most = Math.max(...points.map(({ value }) => value)) * 1.1;
  const widest = Math.log10(Math.max(...points.map(({ networks }) => networks)));
  const x = (networks: number) =>
    MARGIN.left + (Math.log10(networks) / widest) * (WIDTH - MARGIN.left - MARGIN.right);
  const y = (value: number) =>
    HEIGHT - MARGIN.bottom - (value / most) * (HEIGHT - MARGIN.top - MARGIN.bottom);
  const sizes = [...new Set(points.map(({ networks }) => networks))].toSorted((a, b) => a - b);
  const step = niceStep(most / 4);
  const levels = Array.from({ length: Math.floor(most / step) + 1 }, (_, index) => index * step);
  const grid = [
    ...levels.map(
      (value) =>
        `<path d="M${MARGIN.left} ${y(value)}H${WIDTH - MARGIN.right}" stroke="#ccc"/><text x="${MARGIN.left - 8}" y="${y(value) + 4}" text-anchor="end">${value.toLocaleString('en')}</text>`,
    ),
    ...sizes.map(
      (size) =>
        `<text x="${x(size)}" y="${HEIGHT - MARGIN.bottom + 18}" text-anchor="middle">${size}</text>`,
    ),
    `<text x="${(MARGIN.left + WIDTH - MARGIN.right) / 2}" y="${HEIGHT - 8}" text-anchor="middle">networks</text>`,
  ];
  const lines = series.map(({ name, points: own }, index) => {
    const { colour, dash } = STYLES[index % STYLES.length] ?? STYLES[0];
    const path = own
      .map(
        ({ networks, value }, at) =>
          `${at === 0 ? 'M' : 'L'}${x(networks).toFixed(1)} ${y(value).toFixed(1)}`,
      )
      .join('');
    const key = MARGIN.top + 20 + index * 22;
    const keyX = WIDTH - MARGIN.right + 12;
    const stroke = `stroke="${colour}" stroke-width="2" stroke-dasharray="${dash}" fill="none"`;
    return `<path d="${path}" ${stroke}/><path d="M${keyX} ${key - 4}h22" ${stroke}/><text x="${keyX + 28}" y="${key}">${name}</text>`;
  });
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${HEIGHT}" font-family="sans-serif" font-size="12">
<rect width="100%" height="100%" fill="#fff"/>
${[...grid, ...lines].join('\n')}
</svg>
`;
}

/** 1, 2 or 5 times a power of ten. */
function niceStep(least: number): number {
  const power = 10 ** Math.floor(Math.log10(least));
  return ([1, 2, 5, 10].find((factor) => factor * power >= least) ?? 10) * power;
}
