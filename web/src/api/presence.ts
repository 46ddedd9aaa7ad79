/** Whoever has pressed, typed or scrolled within this time is there: what the page asks meanwhile is asked for them. */
const presentMs = 60_000;
const signs = ['pointerdown', 'keydown', 'wheel', 'touchstart'] as const;

/** To open the page is a sign as well. */
let seenAtMs = Date.now();

/** Notes each sign of somebody at the page. @returns stops it */
export function watchPresence(page: Pick<EventTarget, 'addEventListener' | 'removeEventListener'>): () => void {
  const note = () => {
    seenAtMs = Date.now();
  };
  note();
  for (const sign of signs) page.addEventListener(sign, note, { capture: true, passive: true });
  return () => {
    for (const sign of signs) page.removeEventListener(sign, note, { capture: true });
  };
}

/** Whether the page asks by itself: nobody was there of late. The service does not count that as use of the session. */
export function isByItself(): boolean {
  return Date.now() - seenAtMs >= presentMs;
}
