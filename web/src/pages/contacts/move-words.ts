const words: Readonly<Record<string, string>> = {
  forward: 'Moved on by Handoff',
  recycle: 'Returned by sales',
  restored: 'Put back by Handoff',
  reached: 'Seen there',
  inferred: 'Told by HubSpot',
  moved_back: 'Moved back by a person',
};

/** What kind of move of the stage it was, in words; a kind that this page does not know, as it is. */
export function moveWord(kind: string): string {
  return words[kind] ?? kind.replaceAll('_', ' ');
}
