/** What a PromQL expression takes from a scrape. */
export interface Wanted {
  readonly metrics: readonly string[];
  /** Labels with the metrics that they are asked of; without a value if the expression groups by them. */
  readonly labels: readonly { readonly name: string; readonly value?: string; readonly metrics: readonly string[] }[];
}

/** A line of a scrape: a metric with its labels. */
export interface Sample {
  readonly metric: string;
  readonly labels: Readonly<Record<string, string>>;
}

const WORDS = new Set(['by', 'without', 'on', 'ignoring', 'and', 'or', 'unless', 'bool']);

/** Finds the metrics and labels that an expression names. It knows as much of PromQL as the files of deploy/ use. */
export function parseExpression(expression: string): Wanted {
  const selected: { name: string; value?: string; metrics: string[] }[] = [];
  const grouped: string[] = [];
  const rest = expression
    .replace(/([a-z_]\w*)\{([^}]*)\}/g, (_all, metric: string, selectors: string) => {
      for (const [, name = '', operator, value = ''] of selectors.matchAll(/(\w+)(=~|=)"([^"]*)"/g)) {
        for (const one of operator === '=~' ? value.split('|') : [value])
          selected.push({ name, value: one, metrics: [metric] });
      }
      return metric;
    })
    .replace(/\b(?:by|without)\s*\(([^)]*)\)/g, (_all, names: string) => {
      grouped.push(...names.split(',').map((name) => name.trim()));
      return ' ';
    })
    .replace(/\[[^\]]*\]/g, ' ');
  const metrics = [...rest.matchAll(/[a-z_]\w*(?!\w*\s*\()/g)].map(([name]) => name).filter((name) => !WORDS.has(name));
  return { metrics, labels: [...selected, ...grouped.map((name) => ({ name, metrics }))] };
}

/** Reads a scrape (Prometheus text format). */
export function parseScrape(text: string): readonly Sample[] {
  const lines = text.split('\n').filter((line) => line !== '' && !line.startsWith('#'));
  return lines.map((line) => {
    const [, metric, labels = ''] = /^([a-z_]\w*)(?:\{(.*)\})? \S+$/.exec(line) ?? [];
    if (metric === undefined) throw new Error(`this is no line of a scrape: ${line}`);
    const pairs = [...labels.matchAll(/(\w+)="((?:[^"\\]|\\.)*)"/g)].map(([, name, value]) => [name, value]);
    return { metric, labels: Object.fromEntries(pairs) };
  });
}

/** What an expression wants that a scrape does not have, in words. */
export function missingIn(samples: readonly Sample[], { metrics, labels }: Wanted): readonly string[] {
  const missingMetrics = metrics.filter((name) => !samples.some(({ metric }) => metric === name));
  const missingLabels = labels.filter(
    ({ name, value, metrics: of }) =>
      !samples.some(
        ({ metric, labels: has }) => of.includes(metric) && (value === undefined ? name in has : has[name] === value),
      ),
  );
  return [...missingMetrics, ...missingLabels.map(({ name, value = '' }) => `the label ${name} ${value}`)];
}
