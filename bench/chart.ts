/** Values by group and series; a group may lack a series. */
export interface ChartData {
  readonly title: string;
  readonly unit: string;
  readonly groups: readonly string[];
  readonly series: readonly { readonly name: string; readonly values: readonly (number | undefined)[] }[];
}

const WIDTH = 760;
const HEIGHT = 320;
const LEFT = 70;
const BOTTOM = 60;
const TOP = 40;
const COLORS = ['#0b6e99', '#c4731a', '#6b8e23', '#8a4f9e', '#777777'];

/** Draws a bar chart as SVG. Names and titles must be plain text without markup. */
export function barChart({ title, unit, groups, series }: ChartData): string {
  const most = Math.max(...series.flatMap(({ values }) => values.map((value) => value ?? 0)));
  const top = niceAbove(most);
  const plotHeight = HEIGHT - TOP - BOTTOM;
  const yOf = (value: number) => TOP + plotHeight * (1 - value / top);
  const groupWidth = (WIDTH - LEFT - 20) / groups.length;
  const barWidth = (0.8 * groupWidth) / series.length;
  const lines = [0, 0.25, 0.5, 0.75, 1].map((share) => {
    const y = yOf(share * top);
    return (
      `<line x1="${LEFT}" x2="${WIDTH - 20}" y1="${y}" y2="${y}" stroke="#ccc"/>` +
      `<text x="${LEFT - 6}" y="${y + 4}" text-anchor="end">${format(share * top)}</text>`
    );
  });
  const bars = series.flatMap(({ name, values }, s) =>
    values.map((value, g) => {
      if (value === undefined) return '';
      const x = LEFT + g * groupWidth + 0.1 * groupWidth + s * barWidth;
      const y = yOf(value);
      return (
        `<rect x="${x.toFixed(1)}" y="${y.toFixed(1)}" width="${(barWidth - 2).toFixed(1)}" height="${(TOP + plotHeight - y).toFixed(1)}" ` +
        `fill="${COLORS[s % COLORS.length]}"><title>${name}, ${groups[g]}: ${format(value)} ${unit}</title></rect>`
      );
    }),
  );
  const names = groups.map(
    (group, g) =>
      `<text x="${LEFT + (g + 0.5) * groupWidth}" y="${HEIGHT - BOTTOM + 18}" text-anchor="middle">${group}</text>`,
  );
  const legend = series.map(
    ({ name }, s) =>
      `<rect x="${LEFT + 130 * s}" y="${HEIGHT - 22}" width="12" height="12" fill="${COLORS[s % COLORS.length]}"/>` +
      `<text x="${LEFT + 130 * s + 17}" y="${HEIGHT - 12}">${name}</text>`,
  );
  return (
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${HEIGHT}" font-family="sans-serif" font-size="12"><title>${title} (${unit})</title>\n` +
    `<rect width="100%" height="100%" fill="#fff"/><text x="${LEFT}" y="22" font-size="15">${title} (${unit})</text>\n` +
    `${[...lines, ...bars, ...names, ...legend].join('\n')}\n</svg>\n`
  );
}

function niceAbove(value: number): number {
  const power = 10 ** Math.floor(Math.log10(Math.max(value, 1)));
  return [1, 2, 4, 5, 8, 10].map((step) => step * power).find((nice) => nice >= value) ?? 10 * power;
}

function format(value: number): string {
  return value >= 10 ? Math.round(value).toLocaleString('en') : value.toFixed(1);
}
