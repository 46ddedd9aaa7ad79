import { describe, expect, it } from 'vitest';
import { isCrossSite, isCrossSitePage, isSecureCookie } from '../../../src/http/cross-site.ts';

const ours = 'https://handoff.example.com';
const host = 'handoff.example.com';

describe('who asks: our own page, or another one', () => {
  it.each([
    { site: 'same-origin', origin: ours, host, publicUrl: null, cross: false, because: 'it is our page' },
    { site: undefined, origin: ours, host, publicUrl: null, cross: false, because: 'old browsers send no site' },
    {
      site: 'same-origin',
      origin: ours,
      host: '10.0.0.7:3000',
      publicUrl: ours,
      cross: false,
      because: 'of the proxy',
    },
    { site: 'same-origin', origin: ours, host: '10.0.0.7:3000', publicUrl: null, cross: true, because: 'no name fits' },
    { site: 'same-origin', origin: `${ours}:443`, host, publicUrl: null, cross: false, because: '443 goes unsaid' },
    { site: 'same-origin', origin: `${ours}:8443`, host, publicUrl: null, cross: true, because: 'another port' },
    { site: 'cross-site', origin: ours, host, publicUrl: ours, cross: true, because: 'the browser says so' },
    { site: 'same-site', origin: ours, host, publicUrl: ours, cross: true, because: 'a neighbour is not us' },
    { site: 'none', origin: ours, host, publicUrl: ours, cross: true, because: 'nobody types a POST' },
    { site: undefined, origin: 'https://evil.example', host, publicUrl: ours, cross: true, because: 'of evil' },
    { site: undefined, origin: `https://${host}.evil.example`, host, publicUrl: ours, cross: true, because: 'longer' },
    { site: undefined, origin: `https://evil-${host}`, host, publicUrl: ours, cross: true, because: 'it ends alike' },
    { site: undefined, origin: `http://${host}`, host, publicUrl: ours, cross: true, because: 'without TLS: anybody' },
    { site: undefined, origin: 'null', host, publicUrl: ours, cross: true, because: 'a sandboxed frame, a file' },
    { site: undefined, origin: undefined, host, publicUrl: ours, cross: true, because: 'nothing proves it' },
    { site: 'same-origin', origin: undefined, host, publicUrl: ours, cross: true, because: 'both must agree' },
    { site: undefined, origin: 'javascript:alert(1)', host, publicUrl: ours, cross: true, because: 'no site at all' },
    { site: undefined, origin: 'chrome-extension://abc', host, publicUrl: ours, cross: true, because: 'an extension' },
    { site: undefined, origin: ours, host: undefined, publicUrl: null, cross: true, because: 'we have no name' },
    {
      site: undefined,
      origin: 'http://localhost:3000',
      host: 'localhost:3000',
      publicUrl: ours,
      cross: false,
      because: 'opened on the machine itself',
    },
    {
      site: undefined,
      origin: 'http://localhost:4000',
      host: 'localhost:3000',
      publicUrl: null,
      cross: true,
      because: 'another service there',
    },
    {
      site: undefined,
      origin: 'http://[::1]:3000',
      host: '[::1]:3000',
      publicUrl: null,
      cross: false,
      because: 'IPv6',
    },
    { site: undefined, origin: ours, host: 'a b', publicUrl: null, cross: true, because: 'no host is called so' },
  ])('$site, $origin at $host ($publicUrl): $cross, $because', ({ cross, publicUrl, because: _, ...asked }) => {
    expect(isCrossSite(asked, publicUrl)).toBe(cross);
  });

  it.each([
    { site: undefined, origin: undefined, cross: false },
    { site: undefined, origin: ours, cross: false },
    { site: 'same-origin', origin: ours, cross: false },
    { site: 'cross-site', origin: undefined, cross: true },
    { site: undefined, origin: 'https://evil.example', cross: true },
    { site: undefined, origin: 'null', cross: true },
  ])('signing in from $site, $origin: $cross, as a program sends neither', ({ cross, ...asked }) => {
    expect(isCrossSitePage({ ...asked, host }, null)).toBe(cross);
  });
});

describe('the cookie', () => {
  it.each([
    { origin: ours, host, secure: true, because: 'the page was opened over TLS' },
    { origin: ours, host: 'localhost:3000', secure: true, because: 'a proxy on the machine calls us by its name' },
    { origin: 'http://localhost:3000', host: 'localhost:3000', secure: false, because: 'it never leaves the machine' },
    { origin: 'http://127.0.0.1:3000', host: '127.0.0.1:3000', secure: false, because: 'it never leaves the machine' },
    { origin: 'http://handoff.localhost', host: 'handoff.localhost', secure: false, because: 'that is here, too' },
    { origin: 'http://10.0.0.7:3000', host: '10.0.0.7:3000', secure: null, because: 'a browser would not keep it' },
    { origin: undefined, host: 'localhost:3000', secure: false, because: 'a program on the machine' },
    { origin: undefined, host, secure: true, because: 'whatever it is, it comes over a network' },
    { origin: undefined, host: undefined, secure: true, because: 'nothing is known' },
  ])('of $origin at $host is sent over TLS alone: $secure, $because', ({ secure, because: _, ...asked }) => {
    expect(isSecureCookie({ site: undefined, ...asked })).toBe(secure);
  });
});
