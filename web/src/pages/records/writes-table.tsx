import { Table } from '@mantine/core';
import { IconArrowRight } from '@tabler/icons-react';
import type { ReactNode } from 'react';
import { Empty } from '../../parts/empty.tsx';
import { ScrollTable } from '../../parts/scroll-table.tsx';
import { ruleWords, systemWord } from './field-words.ts';
import { NamedValue } from './named-value.tsx';
import classes from './records.module.css';
import type { Told, WrittenField } from './told.ts';
import type { ValueWords } from './value-words.ts';

/** What a look at this moment would write to each side, and why. */
export function WritesTable({ told }: { told: Told }) {
  const { toSalesforce, toHubspot, reasons, counterpart, outcome, words } = told;
  const target = counterpart?.object ?? 'a new record';
  return (
    <div className={classes.stack}>
      {toSalesforce.length + toHubspot.length === 0 ? (
        <Empty title="Nothing would be written." text={nothing(outcome)} />
      ) : (
        <>
          <Writes title={`To Salesforce (${target})`} changes={toSalesforce} words={words} />
          <Writes title="To HubSpot" changes={toHubspot} words={words} />
        </>
      )}
      {reasons.length > 0 && (
        <section aria-label="Why">
          <strong>Why</strong>
          <ul className={classes.plain}>
            {reasons.map(({ code, text, field }) => (
              <li key={`${code} ${field}`}>
                {text} <span className={classes.code}>{code}</span>
              </li>
            ))}
          </ul>
        </section>
      )}
    </div>
  );
}

function nothing(outcome: string): string {
  if (outcome === 'unknown') return 'Salesforce or HubSpot cannot be asked right now, so nothing can be planned.';
  return 'A look at this moment would leave both sides as they are.';
}

type WritesProps = { title: string; changes: readonly WrittenField[]; words: ValueWords };

function Writes({ title, changes, words }: WritesProps): ReactNode {
  if (changes.length === 0) return null;
  return (
    <section>
      <strong>{title}</strong>
      <ScrollTable label={title}>
        <Table.Thead>
          <Table.Tr>
            <Table.Th scope="col">Field</Table.Th>
            <Table.Th scope="col">Now</Table.Th>
            <Table.Th scope="col">Would become</Table.Th>
            <Table.Th scope="col">Rule</Table.Th>
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {changes.map(({ field, before, after, rule, conflict }) => (
            <Table.Tr key={field}>
              <Table.Th scope="row" className={classes.rowName}>
                {field}
              </Table.Th>
              <Table.Td>
                <NamedValue field={field} value={before} words={words} />
              </Table.Td>
              <Table.Td>
                <IconArrowRight size={14} aria-hidden="true" /> <NamedValue field={field} value={after} words={words} />
              </Table.Td>
              <Table.Td title={ruleWords(rule).long}>
                {ruleWords(rule).short}
                {conflict !== undefined && (
                  <div className={classes.dim}>Both had changed it; {systemWord(conflict)} wins.</div>
                )}
              </Table.Td>
            </Table.Tr>
          ))}
        </Table.Tbody>
      </ScrollTable>
    </section>
  );
}
