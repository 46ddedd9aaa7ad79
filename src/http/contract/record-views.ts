import { z } from 'zod';
import { moment, systemName } from './endpoint.ts';
import { erasureReceipt } from './erasures.ts';
import { failureView } from './failures.ts';
import {
  dealState,
  fieldChange,
  fieldValue,
  frozenField,
  mode,
  pairField,
  pause,
  person,
  planProblem,
  reason,
  recordHistory,
  salesforceRecord,
  timelineEntry,
  unread,
  vendorWait,
} from './record-parts.ts';

/** Where a record stands, by what the ledger holds of it. */
const commonStandings = ['failed', 'pending', 'unknown_to_the_ledger', 'observed_only', 'ended'] as const;
const contactStanding = z.enum([...commonStandings, 'handed_over', 'not_handed_over']);
const recordStanding = z.enum([...commonStandings, 'paired', 'not_paired']);

const gate = z.object({ passes: z.boolean(), code: z.string(), text: z.string(), lacking: z.array(z.string()) });

const contactStages = z.object({
  hubspot: z.string().nullable(),
  salesforce: z.string().nullable(),
  cause: z.string().nullable().meta({ description: 'Why both sides differ, where they do' }),
  recycles: z.number().int(),
  labels: z.record(z.string(), z.string()).meta({ description: 'How HubSpot shows each stage' }),
  transitions: z.array(
    z.object({
      at: moment,
      from: z.string().nullable(),
      to: z.string(),
      source: systemName,
      kind: z.string(),
      code: z.string(),
      text: z.string(),
    }),
  ),
});

/** A contact with its person: both sides' values, who owns each field, stage and gate. */
export const contactView = z
  .object({
    contactId: z.string(),
    sentence: z.string(),
    standing: contactStanding,
    stage: z.string().nullable(),
    gate,
    person: person.nullable(),
    pairId: z.string().nullable(),
    handedOverAt: moment.nullable(),
    stages: contactStages,
    fields: z.array(pairField),
    frozen: z.array(frozenField),
    failure: failureView.nullable(),
  })
  .meta({ id: 'Contact' });

/** What every explanation tells: what the sync would do now, and what the ledger knows. */
const explained = {
  sentence: z.string(),
  mode,
  pause: pause.nullable(),
  waits: z.array(vendorWait),
  fields: z.array(pairField),
  owners: z
    .record(z.string(), z.string())
    .meta({ description: 'How people call the owners and users among all these values, by the id that stands there' }),
  unread: z.array(unread),
  frozen: z.array(frozenField),
  changes: z.array(fieldChange).meta({ description: 'What would be written to Salesforce' }),
  reasons: z.array(reason),
  problem: planProblem.nullable(),
  timeline: z.array(timelineEntry).meta({ description: 'The newest 200 entries' }),
};

export const contactExplanation = z
  .object({
    ...explained,
    contactId: z.string(),
    standing: contactStanding,
    stage: z.string().nullable(),
    stages: contactStages,
    gate,
    gateConditions: z.array(
      z.object({
        code: z.string(),
        met: z.boolean(),
        needs: z.string(),
        now: z.array(z.object({ property: z.string(), value: z.string().nullable(), label: z.string().nullable() })),
      }),
    ),
    outcome: z.enum([
      'below_gate',
      'paused',
      'create',
      'link',
      'update',
      'unchanged',
      'unlinked',
      'waiting',
      'needs_person',
      'reverted',
      'unknown',
    ]),
    person: person.nullable(),
    contactChanges: z.array(fieldChange).meta({ description: 'What would be written to the contact in HubSpot' }),
    company: z
      .object({
        companyId: z.string().nullable(),
        name: z.string().nullable(),
        account: salesforceRecord.nullable(),
        failure: z.string().nullable(),
        text: z.string(),
      })
      .nullable()
      .meta({ description: 'Its primary company; null: companies are not synced' }),
    deals: z.array(
      z.object({
        dealId: z.string(),
        name: z.string().nullable(),
        opportunity: salesforceRecord.nullable(),
        state: dealState.nullable(),
        waits: z.boolean(),
        text: z.string(),
      }),
    ),
    history: recordHistory.extend({
      contactId: z.string(),
      person: person.nullable(),
      handedOverAt: moment.nullable(),
    }),
    erasure: erasureReceipt.nullable(),
  })
  .meta({ id: 'ContactExplanation' });

const recordFacts = {
  kind: z.enum(['company', 'deal']),
  recordId: z.string(),
  standing: recordStanding,
  counterpart: z.object({ object: z.enum(['Account', 'Opportunity']), id: z.string() }).nullable(),
  /** Of a company `stage` is its lifecycle stage. */
  stages: z
    .object({
      hubspot: z.object({
        pipeline: z.string().nullable(),
        pipelineLabel: z.string().nullable(),
        stage: z.string().nullable(),
        stageLabel: z.string().nullable(),
      }),
      salesforce: z
        .object({
          pipeline: z.string().nullable(),
          stage: z.string().nullable(),
          isClosed: z.boolean().nullable(),
          isWon: z.boolean().nullable(),
        })
        .nullable(),
      state: dealState.nullable(),
    })
    .nullable(),
  /** The first hundred of `contactCount`. */
  contacts: z.array(
    z.object({
      contactId: z.string(),
      name: z.string().nullable(),
      passedGate: z.boolean(),
      person: person.nullable(),
      labels: z.array(z.string()),
      role: fieldValue,
      isPrimary: z.boolean(),
      failure: z.string().nullable(),
      text: z.string(),
    }),
  ),
  contactCount: z.number().int(),
  company: z
    .object({
      companyId: z.string().nullable(),
      name: z.string().nullable(),
      account: salesforceRecord.nullable(),
      failure: z.string().nullable(),
      opportunityAccountId: z.string().nullable(),
      companyOfOpportunity: z.string().nullable(),
    })
    .nullable(),
  waitsFor: z.array(z.object({ object: z.string(), recordId: z.string(), text: z.string() })),
};

/** A company or deal with its counterpart. */
export const recordView = z
  .object({
    ...recordFacts,
    sentence: z.string(),
    pairId: z.string().nullable(),
    pairedAt: moment.nullable(),
    fields: z.array(pairField),
    frozen: z.array(frozenField),
    failure: failureView.nullable(),
  })
  .meta({ id: 'CompanyOrDeal' });

export const recordExplanation = z
  .object({
    ...recordFacts,
    ...explained,
    outcome: z.enum([
      'not_wanted',
      'waiting',
      'create',
      'link',
      'update',
      'unchanged',
      'unlinked',
      'needs_person',
      'reverted',
      'unknown',
    ]),
    hubspotChanges: z.array(fieldChange).meta({ description: 'What would be written to HubSpot' }),
    history: recordHistory.extend({ pairedAt: moment.nullable() }),
  })
  .meta({ id: 'CompanyOrDealExplanation' });
