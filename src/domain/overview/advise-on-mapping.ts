import { isAlive } from '../health/limits.ts';
import { clockText, countText } from '../health/words.ts';
import type { Advice, Situation } from './types.ts';

/** Whether the mapping fits, who works under it, and what waits to be activated. */
export function adviseOnMapping(situation: Situation): readonly Advice[] {
  return [
    ...adviseOnCheck(situation),
    ...adviseOnProcesses(situation),
    ...adviseOnProposal(situation),
    ...adviseOnMode(situation),
  ];
}

function adviseOnCheck({ check }: Situation): readonly Advice[] {
  const advice: Advice[] = [];
  if (check === null) return advice;
  const link = '/mappings/active';
  if (check.errors > 0) {
    advice.push({
      severity: 'error',
      code: 'check_errors',
      text: `The mapping does not fit what both CRMs have: ${countText(check.errors, 'error')} at ${clockText(check.atMs)}.`,
      fix: 'Run `handoff check`: it names each place with its fix.',
      link,
      sinceMs: check.atMs,
    });
  }
  if (check.changes > 0) {
    advice.push({
      severity: 'warning',
      code: 'schema_changed',
      text: `${countText(check.changes, 'change')} to fields or stages that the mapping uses ${check.changes === 1 ? 'was' : 'were'} seen in a CRM.`,
      fix: 'Run `handoff check`, and adapt the mapping where it has to follow.',
      link,
      sinceMs: check.changedAtMs,
    });
  }
  return advice;
}

function adviseOnProcesses({ processes, mappingVersion, nowMs }: Situation): readonly Advice[] {
  const behind = processes.filter(
    (each) => isAlive(each, nowMs) && each.mappingVersion !== null && each.mappingVersion !== mappingVersion,
  );
  if (mappingVersion === null || behind.length === 0) return [];
  const are = behind.length === 1 ? 'process does' : 'processes do';
  return [
    {
      severity: 'warning',
      code: 'process_behind',
      text: `${behind.length} ${are} not work under version ${mappingVersion} of the mapping, which is active.`,
      fix: 'Wait a minute; a process that stays behind runs an older build: upgrade it.',
      link: null,
      sinceMs: null,
    },
  ];
}

function adviseOnProposal({ proposed }: Situation): readonly Advice[] {
  if (proposed === null) return [];
  const { version, atMs, by } = proposed;
  return [
    {
      severity: 'info',
      code: 'mapping_proposed',
      text: `Version ${version} of the mapping waits to be activated${by === null ? '' : `, proposed by ${by}`}.`,
      fix: 'See what it would change (`handoff plan`), then activate it (`handoff activate`).',
      link: `/mappings/${version}`,
      sinceMs: atMs,
    },
  ];
}

function adviseOnMode({ mode }: Situation): readonly Advice[] {
  if (mode === 'live') return [];
  return [
    {
      severity: 'info',
      code: 'observe_mode',
      text: 'Handoff only observes: it records what it would write, and writes nothing to either CRM.',
      fix: 'Look at what it would have done, then set SYNC_MODE=live and restart.',
      link: '/activity',
      sinceMs: null,
    },
  ];
}
