/**
 * The name of the site in a web address, as HubSpot keeps it in `domain`: in lower case, without scheme, user, port, `www.`, path and the
 * dot at the end. `''` where nothing is left.
 */
export function hostOf(address: string): string {
  const withoutScheme = address
    .trim()
    .toLowerCase()
    .replace(/^[a-z][a-z\d+.-]*:\/\//, '');
  const authority = withoutScheme.split(/[/?#\\]/, 1)[0] ?? '';
  const host = authority.slice(authority.lastIndexOf('@') + 1).replace(/:\d*$/, '');
  return host.replace(/^www\d?\./, '').replace(/\.+$/, '');
}
