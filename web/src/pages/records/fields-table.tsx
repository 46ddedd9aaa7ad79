import { SegmentedControl } from '@mantine/core';
import type { ReactNode } from 'react';
import { useSearchParams } from 'wouter';
import { Empty } from '../../parts/empty.tsx';
import { Ago } from '../../parts/time.tsx';
import { FieldRow } from './field-row.tsx';
import { type Field, fieldRows, type Shown } from './field-state.ts';
import classes from './fields-table.module.css';
import { NamedValue } from './named-value.tsx';
import shared from './records.module.css';
import { ThawButton } from './thaw-button.tsx';
import type { Told } from './told.ts';
import { unreadWords } from './unread-words.ts';
import { withParam } from './with-param.ts';

type Props = { told: Told; show?: (field: Field, value: unknown) => ReactNode };

/** Both sides next to each other, field by field. Which fields are shown stands in the address. */
export function FieldsTable({ told, show = usual(told) }: Props) {
  const [params, setParams] = useSearchParams();
  const shown = shownOf(params.get('fields'));
  const compared = { ...told, hasCounterpart: told.counterpart !== null };
  const { rows, counts } = fieldRows(told.fields, compared, shown);
  const choose = (value: string) => setParams(withParam('fields', value, 'filled'), { replace: true });
  if (told.fields.length === 0) {
    return (
      <Empty
        title="There are no fields to show."
        text="HubSpot no longer has this record, or its kind is not synced."
      />
    );
  }
  return (
    <>
      <div className={shared.bar}>
        <SegmentedControl size="xs" value={shown} onChange={choose} aria-label="Which fields" data={choices(counts)} />
        <span className={shared.dim}>
          Read from both CRMs <Ago at={told.readAtMs} />
        </span>
      </div>
      {told.unread.map(({ what, code }) => (
        <p key={what} className={shared.unread}>
          {unreadWords(what)} ({code})
        </p>
      ))}
      {rows.length === 0 ? (
        <Empty
          title="No field needs a look."
          text="Both sides hold the same wherever the mapping keeps them in step."
        />
      ) : (
        <table className={classes.table} aria-label="Fields of both sides">
          <Head told={told} />
          <tbody>
            {rows.map(({ field, state }) => (
              <FieldRow
                key={`${field.hubspot.name} ${field.salesforce.name}`}
                field={field}
                state={state}
                show={show}
                thaw={<ThawButton kind={told.kind} id={told.id} field={frozenName(told, field)} />}
              />
            ))}
          </tbody>
        </table>
      )}
    </>
  );
}

function usual({ words }: Told): NonNullable<Props['show']> {
  return ({ hubspot }, value) => <NamedValue field={hubspot.name} value={value} words={words} />;
}

function Head({ told: { counterpart } }: { told: Told }) {
  return (
    <thead>
      <tr>
        <th scope="col" className={classes.names}>
          Field
        </th>
        <th scope="col" className={classes.value}>
          HubSpot
        </th>
        <th scope="col" className={classes.value}>
          {counterpart === null ? 'Salesforce' : `Salesforce ${counterpart.object}`}
        </th>
        <th scope="col" className={classes.state}>
          Compared
        </th>
        <th scope="col" className={classes.rule}>
          Owned by
        </th>
        <th scope="col" className={classes.change}>
          Last change
        </th>
      </tr>
    </thead>
  );
}

function choices(counts: { marked: number; filled: number; all: number }) {
  return [
    { value: 'marked', label: `To look at (${counts.marked})` },
    { value: 'filled', label: `With a value (${counts.filled})` },
    { value: 'all', label: `All (${counts.all})` },
  ];
}

function shownOf(value: string | null): Shown {
  return value === 'marked' || value === 'all' ? value : 'filled';
}

/** The name on the side that is frozen. */
function frozenName({ frozen }: Told, { hubspot, salesforce }: Field): string | null {
  const found = frozen.find(({ system, field }) => field === (system === 'hubspot' ? hubspot.name : salesforce.name));
  return found?.field ?? null;
}
