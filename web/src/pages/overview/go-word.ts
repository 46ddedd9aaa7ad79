const words: readonly (readonly [string, string])[] = [
  ['/failures', 'See the failures'],
  ['/funnel', 'See the funnel'],
  ['/runs/', 'See the run'],
  ['/runs', 'See the runs'],
  ['/mappings/plan', 'See the plan'],
  ['/mappings', 'See the mapping'],
  ['/activity', 'See the activity'],
];

/** What a link to another page of ours says. Pure. */
export function goWord(link: string): string {
  return words.find(([start]) => link.startsWith(start))?.[1] ?? 'Look';
}
