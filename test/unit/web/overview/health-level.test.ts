import { expect, it } from 'vitest';
import { worstLevel } from '../../../../web/src/pages/overview/health-level.ts';

const open = (severity: 'warning' | 'error') => ({ severity, endedAt: null });
const over = (severity: 'warning' | 'error') => ({ severity, endedAt: '2026-11-22T10:00:00Z' });

it.each([
  ['ok', [], 'ok'],
  ['ok', [over('error')], 'ok'],
  ['ok', [open('warning')], 'warning'],
  ['warning', [open('warning'), open('error')], 'error'],
  ['error', [open('warning')], 'error'],
] as const)('%s with alerts is judged by the worst that is open', (level, incidents, worst) => {
  expect(worstLevel(level, incidents)).toBe(worst);
});
