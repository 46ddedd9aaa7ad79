type Level = 'ok' | 'warning' | 'error';

const rank: Readonly<Record<Level, number>> = { ok: 0, warning: 1, error: 2 };

/** The worse of what the overview finds and what alerts are open about. Pure. */
export function worstLevel(
  level: Level,
  incidents: readonly { severity: 'warning' | 'error'; endedAt: string | null }[],
): Level {
  const open = incidents.filter(({ endedAt }) => endedAt === null).map(({ severity }) => severity);
  return open.reduce<Level>((worst, each) => (rank[each] > rank[worst] ? each : worst), level);
}
