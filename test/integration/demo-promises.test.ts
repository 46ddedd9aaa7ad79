import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { everyFieldAccounted } from '../../src/demo/promises/audit.ts';
import { noLoops } from '../../src/demo/promises/conduct.ts';
import { readBothCrms } from '../../src/demo/promises/findings.ts';
import { stagesMovedBackOnlyByRecycles } from '../../src/demo/promises/stages.ts';
import { startLocalCrms, type TimelineEntry } from '../../src/demo/stage.ts';
import { recycledBy } from '../../src/demo/way-back.ts';

let crms: Awaited<ReturnType<typeof startLocalCrms>>;
beforeEach(async () => {
  crms = await startLocalCrms();
});
afterEach(() => Promise.all([crms.hubspot.close(), crms.salesforce.close()]));

const byUs = { changeSource: 'INTEGRATION' };

type Entry = Partial<Omit<TimelineEntry, 'changes'>> & { changes?: Partial<TimelineEntry['changes'][number]>[] };

function entryOf({ changes = [], ...entry }: Entry): TimelineEntry {
  const nothing = { system: null, object: null, recordId: null, runId: null };
  const whole = changes.map((one) => ({
    field: '',
    before: null,
    after: null,
    rule: 'newest',
    conflict: null,
    ...one,
  }));
  return { ...nothing, at: '', kind: 'write', code: 'update', text: 'Something was done.', ...entry, changes: whole };
}

/** A contact past the gate and the lead that sales has of it, equal on both sides and untouched by us. */
function pairOf(): { id: string; leadId: string } {
  const { hubspot, salesforce } = crms;
  const id = hubspot.createContact({
    email: 'ann@pair.example',
    lastname: 'Pair',
    company: 'Works',
    lifecyclestage: 'salesqualifiedlead',
  });
  const lead = { Email: 'ann@pair.example', LastName: 'Pair', Company: 'Works', HubSpot_Contact_Id__c: id };
  return { id, leadId: salesforce.create('Lead', lead).Id };
}

describe('promise 6 of the demo', () => {
  type Step = 'status' | 'reason' | 'ledger' | 'move' | 'moved by us';
  const all: readonly Step[] = ['status', 'reason', 'ledger', 'move', 'moved by us'];

  /** A recycle, less what is left out. */
  function recycle(steps: readonly Step[]) {
    const { hubspot, salesforce } = crms;
    const { id, leadId } = pairOf();
    if (steps.includes('status')) salesforce.edit('Lead', leadId, { Status: recycledBy });
    if (steps.includes('reason')) hubspot.editContact(id, { salesforce_recycle_reason: 'closed' }, byUs);
    if (steps.includes('move') && steps.includes('moved by us')) {
      hubspot.editContact(id, { lifecyclestage: '' }, byUs);
      hubspot.editContact(id, { lifecyclestage: 'lead' }, byUs);
    } else if (steps.includes('move')) hubspot.editContact(id, { lifecyclestage: 'lead' });
    const told = steps.includes('ledger') ? [entryOf({ kind: 'stage', code: 'stage_recycled' })] : [];
    const timelines = new Map([[id, told]]);
    return stagesMovedBackOnlyByRecycles({ stage: crms, timelines, cast: { grace: id }, wayBack: { returned: id } });
  }

  it('holds for a recycle that both CRMs and the ledger know of', () => {
    expect(recycle(all)).toMatchObject({ held: true, evidence: expect.stringContaining('1 steps back, 1 of them') });
  });

  it.each(all)('is broken where a step of the recycle is missing: %s', (missing) => {
    expect(recycle(all.filter((step) => step !== missing)).held).toBe(false);
  });
});

describe('promise 5 of the demo', () => {
  const title = { field: 'Title', before: 'Theirs', after: 'Ours', conflict: 'hubspot' } as const;
  const phone = { field: 'Phone', after: '+1' };
  const ofContact = { field: 'phone', after: '+1' };

  type Log = { salesforce?: Entry['changes']; hubspot?: Entry['changes'] };

  /** A deal that sales won for 48250.55, which HubSpot has at this amount. */
  function wonDeal(amount: string) {
    const properties = { dealstage: 'closedwon', amount, closedate: '2026-11-21T05:00:00Z' };
    const deal = crms.hubspot.createDeal({ dealname: 'Order', pipeline: 'default', ...properties });
    const cast = { contact: '', company: '', deal };
    const records = [{ kind: 'deals' as const, id: deal, properties, opened: true, counterparts: [], timeline: [] }];
    return { records, deals: { dora: cast, milo: cast, won: { amount: '48250.55', day: '2026-11-21' } } };
  }

  /** Three values of ours, and a conflict that sales has lost; the log tells of them what is given. */
  function audit({ salesforce = [title, phone], hubspot = [ofContact] }: Log, company = 'Works', wonFor = '48250.55') {
    const { id, leadId } = pairOf();
    crms.salesforce.edit('Lead', leadId, { Title: 'Ours', Phone: '+1' }, crms.salesforce.runAsUserId);
    crms.hubspot.editContact(id, { jobtitle: 'Ours', company });
    crms.hubspot.editContact(id, { phone: '+1' }, byUs);
    const log: Entry[] = [
      { system: 'salesforce', changes: salesforce },
      { system: 'hubspot', changes: hubspot },
    ];
    const timelines = new Map([[id, log.map(entryOf)]]);
    const wayBack = { conflict: { contactId: id, bySales: 'Theirs', byMarketing: 'Ours' } };
    return everyFieldAccounted({ stage: crms, timelines, ...readBothCrms(crms), wayBack, ...wonDeal(wonFor) });
  }

  it('holds where the log and the histories of both CRMs tell the same', () => {
    expect(audit({})).toMatchObject({ held: true, evidence: expect.stringMatching(/^3 values .* 0 differ;/) });
  });

  it.each<[string, Log, string]>([
    ['HubSpot has a value of ours that the log has not', { hubspot: [] }, '1 of them not in the audit log'],
    ['Salesforce has one', { salesforce: [title] }, '1 of them not in the audit log'],
    ['the log has one that neither CRM has', { hubspot: [ofContact, ofContact] }, '1 of them in neither CRM'],
    ['a change has no rule', { hubspot: [{ ...ofContact, rule: '' }] }, '1 without a rule'],
    ['the overruled edit is not kept', { salesforce: [{ ...title, before: null }, phone] }, 'NOT in the log'],
  ])('is broken where %s', (_what, log, why) => {
    expect(audit(log)).toMatchObject({ held: false, evidence: expect.stringContaining(why) });
  });

  it('is broken where the deal that sales won has another amount', () => {
    expect(audit({}, 'Works', '48250.50')).toMatchObject({ held: false, evidence: expect.stringContaining('ANOTHER') });
  });

  it('is broken where both sides differ', () => {
    expect(audit({}, 'Other works')).toMatchObject({ held: false, evidence: expect.stringContaining('1 differ (') });
  });
});

describe('promise 4 of the demo', () => {
  const quiet = { webhooks: 500, reads: 5, polls: 2, writes: 0 };

  it.each([
    [quiet, true],
    [{ ...quiet, writes: 1 }, false],
    [{ ...quiet, reads: 0 }, false],
    [{ ...quiet, webhooks: 0 }, false],
  ])('%j: held %s', (seen, held) => {
    expect(noLoops({ quiet: seen }).held).toBe(held);
  });
});
