/** Moves the focus with the arrows from a search field through the links of its list, and back. @returns whether it has moved */
export function moveFocus(key: string, place: HTMLElement | null, field: HTMLElement | null): boolean {
  if (place === null || (key !== 'ArrowDown' && key !== 'ArrowUp')) return false;
  const links = [...place.querySelectorAll<HTMLElement>('tbody tr td:first-child a')];
  const stops = field === null ? links : [field, ...links];
  const at = stops.findIndex((stop) => stop.matches(':focus'));
  const next = stops[at + (key === 'ArrowDown' ? 1 : -1)];
  if (at < 0 || next === undefined) return false;
  next.focus();
  return true;
}
