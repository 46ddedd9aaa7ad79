import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { createMetrics } from '../../src/http/metrics.ts';

const page = readFileSync(join(import.meta.dirname, '../../docs/metrics.md'), 'utf8');
const rows = [...page.matchAll(/^\| `(handoff_\w+)` \| ([^|]*)\| ([^|]+)\| (.+) \|$/gm)];
const labelsOf = (text: string) => [...text.matchAll(/`(\w+)`/g)].map(([, label]) => label);
const registered = createMetrics('1.0.0')
  .registry.getMetricsAsArray()
  .filter(({ name }) => name.startsWith('handoff_'));

describe('docs/metrics.md', () => {
  it('lists each metric of the registry, and no other', () => {
    expect(rows.map(([, name]) => name).toSorted()).toStrictEqual(registered.map(({ name }) => name).toSorted());
  });

  it.each(rows.map(([, name, labels, meaning, rule]) => ({ name, labels, meaning, rule })))(
    '$name has its labels, a meaning and an example',
    ({ name, labels, meaning, rule }) => {
      const metric = registered.find((each) => each.name === name);
      const own = metric !== undefined && 'labelNames' in metric ? metric.labelNames : [];

      expect(labelsOf(labels ?? '')).toStrictEqual(own);
      expect(meaning?.length).toBeGreaterThan(10);
      expect(rule).toMatch(/handoff_|for dashboards|see above/);
    },
  );

  it('names in its rules only metrics that there are', () => {
    const named = [...page.matchAll(/\bhandoff_[a-z0-9_]+/g)].map(([name]) => name.replace(/_(bucket|count|sum)$/, ''));
    const known = new Set(registered.map(({ name }) => name));

    expect(named.filter((name) => !known.has(name))).toStrictEqual([]);
  });
});
