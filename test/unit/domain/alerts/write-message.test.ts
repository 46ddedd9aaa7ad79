import { describe, expect, it } from 'vitest';
import { tellIncident } from '../../../../src/domain/alerts/tell-incident.ts';
import { alertCodes } from '../../../../src/domain/alerts/types.ts';
import { type Notice, writeDigest, writeMessage, writeTest } from '../../../../src/domain/alerts/write-message.ts';
import { hour, now } from './given.ts';

const notice: Notice = {
  id: '12',
  code: 'auth_lost',
  subject: 'salesforce',
  severity: 'error',
  facts: { code: 'salesforce_unauthorised' },
  sinceMs: now,
  tells: 'opening',
};
const page = 'https://handoff.example.com';
const textOf = ({ blocks }: ReturnType<typeof writeMessage>) => blocks.map(({ text }) => text.text).join('\n');

describe('messages about incidents', () => {
  it('say what is wrong, since when, what to do, where, and which incident it is', () => {
    const message = writeMessage(notice, page);

    expect(message.text).toBe('Problem: Salesforce refuses our sign-in. Since 2026-11-18 12:00 UTC. Incident 12.');
    expect(textOf(message)).toContain('*Problem: Salesforce refuses our sign-in*');
    expect(textOf(message)).toContain('*What to do:* Check the SALESFORCE_ settings');
    expect(textOf(message)).toContain('Incident 12 · <https://handoff.example.com/|Open the page>');
  });

  it('say how long it lasted when it is over', () => {
    const message = writeMessage({ ...notice, tells: 'ending', endedMs: now + 5 * hour }, page);

    expect(textOf(message)).toContain('Over: Salesforce refuses our sign-in');
    expect(textOf(message)).toContain('It lasted 5 hours: from 2026-11-18 12:00 UTC to 2026-11-18 17:00 UTC.');
  });

  it('show what looks like a link or a mention as it is', () => {
    const facts = { system: 'hubspot', field: '<!channel> & <https://evil.example|x>', records: 1 };
    const message = writeMessage({ ...notice, code: 'field_frozen', subject: 'x', facts }, page);

    expect(textOf(message)).toContain('&lt;!channel&gt; &amp; &lt;https://evil.example|x&gt;');
    expect(textOf(message).match(/<[^>]+>/g)).toStrictEqual([
      '<https://handoff.example.com/failures?code=field_frozen|Open the page>',
    ]);
  });

  it('one message stands for many, and says how many it leaves out', () => {
    const many = Array.from({ length: 40 }, (_, index): Notice => ({ ...notice, id: String(index) }));
    const message = writeDigest(many, page);

    expect(message.text).toBe('Handoff: 40 changes of incidents at once, 40 begun and 0 over.');
    expect(textOf(message)).toContain('… and 20 more.');
  });

  it.each(alertCodes)('%s has a title, a sentence, what to do and a page', (code) => {
    const { title, text, fix, path } = tellIncident({ code, subject: 'salesforce', facts: {} });

    expect(title).toMatch(/^[A-Z].{8,80}$/);
    for (const sentence of [text, fix]) expect(sentence).toMatch(/^[A-Z0-9].*\.$/);
    expect(path).toMatch(/^\//);
    expect(`${title}${text}${fix}`).not.toMatch(/undefined|null|NaN|!/);
  });

  it('fits into a section of Slack', () => {
    const facts = { system: 'hubspot', field: 'x'.repeat(5_000), records: 1 };
    const messages = [writeMessage({ ...notice, code: 'field_frozen', facts }, page), writeTest(null, now)];

    for (const message of messages) expect(textOf(message).length).toBeLessThanOrEqual(3_000);
  });
});
