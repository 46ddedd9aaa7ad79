import { once } from 'node:events';
import { createServer, type IncomingHttpHeaders, type Server } from 'node:http';
import { afterEach, describe, expect, it } from 'vitest';
import { verifySignature } from '../../src/hubspot/signature.ts';
import { parseWebhookEvent } from '../../src/hubspot/webhook-events.ts';
import { type HubSpotSandbox, startHubSpotSandbox } from '../../src/sandbox/hubspot/index.ts';

type Delivery = { method: string; headers: IncomingHttpHeaders; rawBody: Buffer };
let server: Server | undefined;
let sandbox: HubSpotSandbox | undefined;

afterEach(async () => {
  await sandbox?.close();
  server?.closeAllConnections();
  server?.close();
});

/** Takes webhooks on a free port; answers where, and what came. */
async function receive(): Promise<{ url: string; deliveries: Delivery[] }> {
  const deliveries: Delivery[] = [];
  server = createServer(async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk);
    deliveries.push({ method: request.method ?? '', headers: request.headers, rawBody: Buffer.concat(chunks) });
    response.writeHead(200).end();
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  const port = typeof address === 'object' && address !== null ? address.port : 0;
  return { url: `http://127.0.0.1:${port}/webhooks/hubspot`, deliveries };
}

describe.each(['classic', 'object'] as const)('webhooks of the local HubSpot, %s form', (webhookForm) => {
  it('are signed as we check it, and every event is understood', async () => {
    const { url, deliveries } = await receive();
    sandbox = await startHubSpotSandbox({ webhookForm, webhookTargetUrl: url });
    const a = sandbox.createContact({ email: 'zoë@example.com', firstname: 'Zoë' });
    const b = sandbox.createContact({ email: 'b@example.com' });
    const c = sandbox.createContact({ email: 'c@example.com' });
    sandbox.editContact(a, { lifecyclestage: 'salesqualifiedlead' });
    sandbox.deleteContact(c);
    sandbox.restoreContact(c);
    sandbox.privacyDelete(c);
    const survivor = sandbox.mergeContacts(a, b);
    await sandbox.flushWebhooks();

    const secrets = ['a-newer-secret', sandbox.clientSecret];
    const checks = deliveries.map(({ method, headers, rawBody }) =>
      verifySignature({
        secrets,
        method,
        url,
        rawBody,
        signatureHeader: headers['x-hubspot-signature-v3'],
        timestampHeader: headers['x-hubspot-request-timestamp'],
        nowMs: Date.now(),
      }),
    );
    const events = deliveries.flatMap(({ rawBody }) => {
      const list: unknown = JSON.parse(rawBody.toString('utf8'));
      return Array.isArray(list) ? list.map(parseWebhookEvent) : [null];
    });

    expect(deliveries.length).toBeGreaterThan(0);
    expect(checks.every(({ ok }) => ok)).toBe(true);
    expect(events).toHaveLength(sandbox.webhookJournal.length);
    expect(events).not.toContain(null);
    expect(new Set(events.map((event) => event?.kind))).toEqual(
      new Set(['creation', 'propertyChange', 'deletion', 'restore', 'privacyDeletion', 'merge']),
    );
    const merge = events.find((event) => event?.kind === 'merge');
    expect(merge).toMatchObject({ portalId: String(sandbox.portalId), object: 'contact', objectId: survivor });
    expect([...(merge?.otherIds ?? [])].sort()).toEqual([a, b].sort());
  });

  it('tell of companies and deals, and of both ends of an association', async () => {
    const { url, deliveries } = await receive();
    sandbox = await startHubSpotSandbox({ webhookForm, webhookTargetUrl: url });
    sandbox.defineAssociationLabel('deals', 'contacts', { label: 'Buyer' });
    const contact = sandbox.createContact({ email: 'a@example.com' });
    const [company, other] = [sandbox.createCompany({ name: 'A' }), sandbox.createCompany({ name: 'B' })];
    const deal = sandbox.createDeal({ dealname: 'D', pipeline: 'default', dealstage: 'appointmentscheduled' });
    sandbox.setPrimaryCompany('contacts', contact, company);
    sandbox.associate({ type: 'deals', id: deal }, { type: 'contacts', id: contact }, { labels: ['Buyer'] });
    sandbox.associate({ type: 'deals', id: deal }, { type: 'companies', id: company });
    sandbox.dissociate({ type: 'deals', id: deal }, { type: 'companies', id: company });
    const survivor = sandbox.mergeCompanies(company, other);
    await sandbox.flushWebhooks();

    const events = deliveries.flatMap(({ rawBody }) => {
      const list: unknown = JSON.parse(rawBody.toString('utf8'));
      return Array.isArray(list) ? list.map(parseWebhookEvent) : [null];
    });

    expect(events).not.toContain(null);
    const merge = events.find((event) => event?.kind === 'merge');
    expect(merge).toMatchObject({ object: 'company', objectId: survivor });
    expect([...(merge?.otherIds ?? [])].sort()).toEqual([company, other].sort());
    const told = events.flatMap((event) => {
      if (event?.kind !== 'associationChange' || event.objectId === survivor || event.otherEnd?.id === survivor)
        return [];
      const { object, objectId, otherEnd, isRemoved } = event;
      return `${object}/${objectId} ${isRemoved ? '-' : '+'} ${otherEnd?.object}/${otherEnd?.id}`;
    });
    for (const line of [
      `contact/${contact} + company/${company}`,
      `company/${company} + contact/${contact}`,
      `deal/${deal} + contact/${contact}`,
      `contact/${contact} + deal/${deal}`,
      `deal/${deal} + company/${company}`,
      `deal/${deal} - company/${company}`,
      `company/${company} - deal/${deal}`,
    ]) {
      expect(told).toContain(line);
    }
  });
});
