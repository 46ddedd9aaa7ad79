import freeDomains from 'free-email-domains';
import { parse } from 'tldts';

const freeMail: ReadonlySet<string> = new Set(freeDomains);

/** Hosts at which anybody has a page: as a company's website they say nothing of it. */
const sharedHosts: ReadonlySet<string> = new Set([
  'facebook.com',
  'google.com',
  'instagram.com',
  'linkedin.com',
  'linktr.ee',
  'tiktok.com',
  'twitter.com',
  'x.com',
  'xing.com',
  'youtube.com',
]);

/**
 * The registrable domain of a website or domain, by the public suffix list: scheme, user, `www.` and other subdomains, port, path, case and a
 * trailing dot do not count; `shop.acme.co.uk` is `acme.co.uk`, and `acme.myshopify.com`, whose parent belongs to somebody else, is itself.
 * International names in their ASCII form.
 *
 * @returns null for what has no domain: an address in numbers, a bare name, no host at all
 */
export function domainOf(text: string | null | undefined): string | null {
  const { domain, isIp } = parse((text ?? '').trim(), { allowPrivateDomains: true });
  return domain === null || isIp === true ? null : asciiOf(domain);
}

function asciiOf(domain: string): string | null {
  return URL.parse(`http://${domain}`)?.hostname ?? null;
}

/** Whether a domain says which company it is: not one of a mail provider, of a site on which anybody has a page, or of `ignored`. */
function isTelling(domain: string, ignored: ReadonlySet<string>): boolean {
  return !freeMail.has(domain) && !sharedHosts.has(domain) && !ignored.has(domain);
}

/**
 * The domains by which a company is matched: of its `domain`, its `website` and its further domains those that say something of it. Empty: it
 * cannot be matched.
 */
export function companyDomains(
  properties: Readonly<Record<string, string | null>>,
  ignored: ReadonlySet<string>,
): ReadonlySet<string> {
  const { domain, website, hs_additional_domains: further } = properties;
  const found = [domain, website, ...(further ?? '').split(';')].flatMap((text) => domainOf(text) ?? []);
  return new Set(found.filter((each) => isTelling(each, ignored)));
}
