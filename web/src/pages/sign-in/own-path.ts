/**
 * Where to go after the sign-in: only an address of this page, as a link from elsewhere must not send anybody away. Two slashes at the front would
 * be the name of a host.
 * @param origin of this page
 */
export function ownPath(then: string | null, origin: string): string {
  const url = then?.startsWith('/') === true && URL.canParse(then, origin) ? new URL(then, origin) : null;
  if (url === null || url.origin !== origin || url.pathname.startsWith('//') || url.pathname === '/sign-in') return '/';
  return `${url.pathname}${url.search}`;
}
