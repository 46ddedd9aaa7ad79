import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/** CPU seconds and peak resident memory of a process, as Linux counts them (`/proc`, man 5 proc). */
export type Usage = { cpuSeconds: number; peakMegabytes: number };

const ticksPerSecond = 100;

/** What the process has used so far, its ended children included. */
export function usageOf(pid: number): Usage {
  const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  // utime, stime, cutime, cstime are fields 14 to 17, counted from 1 with the pid as first.
  const ticks = [11, 12, 13, 14].reduce((sum, index) => sum + Number(fields[index] ?? 0), 0);
  const peak = /VmHWM:\s+(\d+) kB/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'));
  return { cpuSeconds: ticks / ticksPerSecond, peakMegabytes: Number(peak?.[1] ?? 0) / 1024 };
}

/** The CPU seconds of a process and of all its live children, for a database with a process per connection. */
export function treeCpuSeconds(pid: number): number {
  const children = readdirSync('/proc').filter((name) => /^\d+$/.test(name) && parentOf(name) === pid);
  const counted = children.reduce((sum, child) => sum + safeCpu(Number(child)), 0);
  return counted + safeCpu(pid);
}

function parentOf(pid: string): number | null {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    return Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[1]);
  } catch {
    return null;
  }
}

function safeCpu(pid: number): number {
  try {
    return usageOf(pid).cpuSeconds;
  } catch {
    return 0;
  }
}

/** The process id of the embedded PostgreSQL under this data directory. */
export function postmasterPid(dataDir: string): number {
  return Number(readFileSync(join(dataDir, 'postgres/cluster/postmaster.pid'), 'utf8').split('\n')[0]);
}
