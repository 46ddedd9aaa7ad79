import { z } from 'zod';
import type { SandboxAnswer, SandboxRequest } from '../server.ts';
import { controlAssociations, controlLists, controlRecords } from './control-records.ts';
import type { Hands } from './hands.ts';
import { parseBody } from './inputs.ts';
import type { Limits } from './limits.ts';
import { Refusal, toAnswer } from './refusal.ts';
import type { Webhooks } from './webhooks.ts';

const properties = z.record(z.string(), z.string());
const mergeBody = z.object({ primaryId: z.string(), otherId: z.string() });
const stageBody = z.object({ stage: z.string() });
const newStageBody = z.object({ label: z.string(), after: z.string(), value: z.string().optional() });
const targetBody = z.object({ url: z.string() });

export type Controls = {
  hands: Hands;
  limits: Limits;
  webhooks: Webhooks;
  countByPattern(): Record<string, number>;
  setWebhookTarget(url: string | undefined): void;
};

function listContacts(hands: Hands, query: URLSearchParams): SandboxAnswer {
  const email = query.get('email');
  const limit = Number(query.get('limit') ?? 100);
  const all = hands.contacts().filter((contact) => email === null || contact.properties.email === email.toLowerCase());
  return { status: 200, body: { total: all.length, contacts: all.slice(0, limit) } };
}

/** `POST /__sandbox/contacts/{id}/restore|privacy-delete|stage` (`{ "stage": "lead" }`, `""` clears). */
function actOn(hands: Hands, id: string, action: string, request: SandboxRequest): SandboxAnswer {
  switch (`${request.method} ${action}`) {
    case 'POST restore':
      hands.restoreContact(id);
      return { status: 200, body: hands.getContact(id) };
    case 'POST privacy-delete':
      hands.privacyDelete(id);
      return { status: 204 };
    case 'POST stage':
      hands.editContact(id, { lifecyclestage: parseBody(request, stageBody).stage });
      return { status: 200, body: hands.getContact(id) };
    default:
      return { status: 404, body: { message: `no ${request.method} ${action} here` } };
  }
}

async function act(controls: Controls, request: SandboxRequest): Promise<SandboxAnswer> {
  const { hands, webhooks } = controls;
  const [what, id, action] = request.path.split('/').slice(2);
  if (what === 'contacts' && id !== undefined && action !== undefined) return actOn(hands, id, action, request);
  if (what === 'companies' || what === 'deals') {
    return controlRecords(hands, what, request.path.split('/').slice(3), request);
  }
  if (what === 'associations') return controlAssociations(hands, request);
  if (what === 'lists') return controlLists(hands, id, request);
  const line = `${request.method} ${what}${id === undefined ? '' : '/{id}'}`;
  switch (line) {
    case 'GET contacts':
      return listContacts(hands, request.query);
    case 'POST contacts':
      return { status: 201, body: { id: hands.createContact(parseBody(request, properties)) } };
    case 'GET contacts/{id}': {
      const contact = hands.getContact(id ?? '');
      return contact === undefined ? { status: 404 } : { status: 200, body: contact };
    }
    case 'PATCH contacts/{id}':
      hands.editContact(id ?? '', parseBody(request, properties));
      return { status: 200, body: hands.getContact(id ?? '') };
    case 'DELETE contacts/{id}':
      hands.deleteContact(id ?? '');
      return { status: 204 };
    case 'POST merge': {
      const { primaryId, otherId } = parseBody(request, mergeBody);
      return { status: 200, body: { id: hands.mergeContacts(primaryId, otherId) } };
    }
    case 'POST lifecycle-stages':
      return { status: 201, body: { value: hands.addLifecycleStage(parseBody(request, newStageBody)) } };
    case 'GET requests':
      return { status: 200, body: { counters: controls.limits.counters(), byPattern: controls.countByPattern() } };
    case 'GET webhooks':
      return { status: 200, body: { counters: webhooks.counters(), pending: webhooks.pending() } };
    case 'POST webhook-target':
      controls.setWebhookTarget(parseBody(request, targetBody).url);
      return { status: 204 };
    case 'POST flush':
      await webhooks.flush();
      return { status: 200, body: webhooks.counters() };
    case 'POST replay':
      webhooks.replayAll({ shuffled: request.query.get('shuffled') === 'true' });
      return { status: 202 };
    default:
      return { status: 404, body: { message: `no ${line} here` } };
  }
}

/** `/__sandbox/…`: a person's hands by curl. Not counted, not delayed, never failing on purpose. */
export async function control(controls: Controls, request: SandboxRequest): Promise<SandboxAnswer> {
  try {
    return await act(controls, request);
  } catch (thrown) {
    if (thrown instanceof Refusal) return toAnswer(thrown);
    return { status: 400, body: { message: thrown instanceof Error ? thrown.message : String(thrown) } };
  }
}
