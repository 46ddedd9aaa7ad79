import { FailureCard } from '../records/failure-card.tsx';
import { FieldsTable } from '../records/fields-table.tsx';
import { GateCard } from '../records/gate-card.tsx';
import { contactIdentity } from '../records/identity.ts';
import { HoldUps, Notice } from '../records/notices.tsx';
import { RecordHeader } from '../records/record-header.tsx';
import { RecordSections } from '../records/record-sections.tsx';
import classes from '../records/records.module.css';
import { Timeline } from '../records/timeline.tsx';
import { type ContactTold, type Told, toldOfContact } from '../records/told.ts';
import { verdictOf } from '../records/verdict.ts';
import { VerdictCard } from '../records/verdict-card.tsx';
import { WritesTable } from '../records/writes-table.tsx';
import { ContactFacts } from './contact-facts.tsx';
import { ErasureCard } from './erasure-card.tsx';
import { StageMoves } from './stage-moves.tsx';

/** All of one contact. `asked`: the id of the address, which may have been merged into another one. */
export function Contact({ asked, answer, readAtMs }: { asked: string; answer: ContactTold; readAtMs: number }) {
  const told = toldOfContact(answer, readAtMs);
  const { gate, gateConditions, erasure, person } = answer;
  const verdict = verdictOf({
    ...told,
    hasCounterpart: person !== null,
    isErased: erasure !== null,
    conditions: gateConditions,
  });
  return (
    <>
      <div>
        <RecordHeader told={told} identity={contactIdentity(told.id, told.fields)} />
        <VerdictCard verdict={verdict} />
      </div>
      {told.id !== asked && (
        <Notice>
          Contact {asked} was merged into this one in HubSpot. This page shows {told.id}, which lives on.
        </Notice>
      )}
      <HoldUps told={told} />
      {told.failure !== null && <FailureCard failure={told.failure} isTold={verdict.plan !== null} />}
      <div className={classes.columns}>
        {erasure !== null && <ErasureCard receipt={erasure} />}
        {gateConditions.length > 0 && <GateCard gate={gate} conditions={gateConditions} />}
        <ContactFacts told={told} answer={answer} />
      </div>
      <RecordSections sections={sectionsOf(told, answer)} />
    </>
  );
}

function sectionsOf(told: Told, answer: ContactTold) {
  const writes = told.toSalesforce.length + told.toHubspot.length;
  return [
    { value: 'fields', label: 'Both sides', content: <FieldsTable told={told} /> },
    { value: 'timeline', label: 'Timeline', content: <Timeline kind="contact" id={told.id} words={told.words} /> },
    { value: 'stages', label: 'Stage moves', content: <StageMoves stages={answer.stages} /> },
    {
      value: 'writes',
      label: writes === 0 ? 'Planned writes' : `Planned writes (${writes})`,
      content: <WritesTable told={told} />,
    },
  ];
}
