import type { ReactNode } from 'react';
import { ContactsCard } from './contacts-card.tsx';
import { ContactsTable } from './contacts-table.tsx';
import { FailureCard } from './failure-card.tsx';
import type { Field } from './field-state.ts';
import { FieldsTable } from './fields-table.tsx';
import type { Identity } from './identity.ts';
import { HoldUps } from './notices.tsx';
import { RecordHeader } from './record-header.tsx';
import { RecordSections } from './record-sections.tsx';
import classes from './records.module.css';
import { Timeline } from './timeline.tsx';
import type { RecordTold, Told } from './told.ts';
import { verdictOf } from './verdict.ts';
import { VerdictCard } from './verdict-card.tsx';
import { WaitsFor } from './waits-for.tsx';
import { WritesTable } from './writes-table.tsx';

type Props = {
  told: Told;
  answer: RecordTold;
  identity: Identity;
  facts: ReactNode;
  show?: (field: Field, value: unknown) => ReactNode;
};

/** All of one company or deal. */
export function RecordPage({ told, answer, identity, facts, show }: Props) {
  const hasCounterpart = told.counterpart !== null;
  const verdict = verdictOf({ ...told, hasCounterpart, isErased: false, conditions: [] });
  const writes = told.toSalesforce.length + told.toHubspot.length;
  const { kind, id } = told;
  return (
    <>
      <div>
        <RecordHeader told={told} identity={identity} />
        <VerdictCard verdict={verdict} />
      </div>
      <WaitsFor told={answer} />
      <HoldUps told={told} />
      {told.failure !== null && <FailureCard failure={told.failure} isTold={verdict.plan !== null} />}
      <div className={classes.columns}>
        {facts}
        {told.outcome !== 'unlinked' && <ContactsCard told={answer} />}
      </div>
      <RecordSections
        sections={[
          {
            value: 'fields',
            label: 'Both sides',
            content: <FieldsTable told={told} {...(show === undefined ? {} : { show })} />,
          },
          {
            value: 'contacts',
            label: `Contacts (${answer.contactCount})`,
            content: <ContactsTable told={answer} />,
          },
          { value: 'timeline', label: 'Timeline', content: <Timeline kind={kind} id={id} words={told.words} /> },
          {
            value: 'writes',
            label: writes === 0 ? 'Planned writes' : `Planned writes (${writes})`,
            content: <WritesTable told={told} />,
          },
        ]}
      />
    </>
  );
}
