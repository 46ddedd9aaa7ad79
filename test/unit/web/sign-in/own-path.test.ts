import { expect, it } from 'vitest';
import { ownPath } from '../../../../web/src/pages/sign-in/own-path.ts';

it.each([
  [null, '/'],
  ['', '/'],
  ['/runs?state=failed', '/runs?state=failed'],
  ['/api/docs', '/api/docs'],
  ['/sign-in?then=/runs', '/'],
  ['https://evil.example/', '/'],
  ['//evil.example/runs', '/'],
  ['/\\evil.example', '/'],
  ['/api/..//evil.example', '/'],
  ['/.//evil.example', '/'],
  ['//', '/'],
  ['javascript:alert(1)', '/'],
])('after the sign-in %j leads to %j', (then, path) => {
  expect(ownPath(then, 'https://handoff.example')).toBe(path);
});
