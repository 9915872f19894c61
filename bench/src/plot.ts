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

/** What is drawn. */
export interface Plot {
  /** What lies below, from left to right. */
  readonly label: string;
  /** Where it has marks. The first and the last one are the edges. */
  readonly marks: readonly number[];
  readonly logarithmic: boolean;
  readonly lines: readonly {
    readonly name: string;
    readonly points: readonly { readonly x: number; readonly y: number }[];
  }[];
}

/** A line for each series, as SVG that needs no style sheet. */
export function renderPlot({ label, marks, logarithmic, lines }: Plot): string {
  const most = Math.max(...lines.flatMap(({ points }) => points.map(({ y }) => y))) * 1.1;
  const along = (value: number): number => (logarithmic ? Math.log10(value) : value);
  const [start, end] = [along(Math.min(...marks)), along(Math.max(...marks))];
  const place = (value: number): number =>
    MARGIN.left + ((along(value) - start) / (end - start)) * (WIDTH - MARGIN.left - MARGIN.right);
  const level = (value: number): number =>
    HEIGHT - MARGIN.bottom - (value / most) * (HEIGHT - MARGIN.top - MARGIN.bottom);
  const step = niceStep(most / 4);
  const levels = Array.from({ length: Math.floor(most / step) + 1 }, (_, index) => index * step);
  const grid = [
    ...levels.map(
      (value) =>
        `<path d="M${MARGIN.left} ${level(value)}H${WIDTH - MARGIN.right}" stroke="#ccc"/><text x="${MARGIN.left - 8}" y="${level(value) + 4}" text-anchor="end">${value.toLocaleString('en')}</text>`,
    ),
    ...marks.map(
      (mark) =>
        `<text x="${place(mark)}" y="${HEIGHT - MARGIN.bottom + 18}" text-anchor="middle">${mark}</text>`,
    ),
    `<text x="${(MARGIN.left + WIDTH - MARGIN.right) / 2}" y="${HEIGHT - 8}" text-anchor="middle">${label}</text>`,
  ];
  const drawn = lines.map(({ name, points }, index) => {
    const { colour, dash } = STYLES[index % STYLES.length] ?? STYLES[0];
    const path = points
      .map(({ x, y }, at) => `${at === 0 ? 'M' : 'L'}${place(x).toFixed(1)} ${level(y).toFixed(1)}`)
      .join('');
    const key = MARGIN.top + 20 + index * 22;
    const keyX = WIDTH - MARGIN.right + 12;
    const stroke = `stroke="${colour}" stroke-width="2" stroke-dasharray="${dash}" fill="none"`;
    return `<path d="${path}" ${stroke}/><path d="M${keyX} ${key - 4}h22" ${stroke}/><text x="${keyX + 28}" y="${key}">${name}</text>`;
  });
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${HEIGHT}" font-family="sans-serif" font-size="12">
<rect width="100%" height="100%" fill="#fff"/>
${[...grid, ...drawn].join('\n')}
</svg>
`;
}

/** 1, 2 or 5 times a power of ten. */
function niceStep(least: number): number {
  const power = 10 ** Math.floor(Math.log10(least));
  return ([1, 2, 5, 10].find((factor) => factor * power >= least) ?? 10) * power;
}
