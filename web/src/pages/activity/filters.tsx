import { Button, NativeSelect, SegmentedControl, TextInput } from '@mantine/core';
import { type FormEvent, useRef, useState } from 'react';
import { useSearchParams } from 'wouter';
import classes from './activity.module.css';
import { type Filter, type FilterName, filterNames } from './filter.ts';
import { useTyped } from './use-typed.ts';

const kinds = [
  { value: '', label: 'All' },
  { value: 'action', label: 'People' },
  { value: 'write', label: 'Writes' },
  { value: 'stage', label: 'Stages' },
];
const systems = [
  { value: '', label: 'Both' },
  { value: 'hubspot', label: 'HubSpot' },
  { value: 'salesforce', label: 'Salesforce' },
];
/** Shown only when asked for, or when one of them is set. */
const rarer: readonly FilterName[] = ['actor', 'system', 'object', 'field', 'run', 'from', 'to'];

/** Kept in the address, so that a link shows the same list. */
export function Filters({ filter }: { filter: Filter }) {
  const [, setParams] = useSearchParams();
  // What was typed and not applied goes as well.
  const [cleared, setCleared] = useState(0);
  const form = useRef<HTMLFormElement>(null);
  const apply = (next: Filter) => setParams(Object.entries(next).filter(([, value]) => value !== ''));
  const submit = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    const given = new FormData(event.currentTarget);
    const fields = filterNames.flatMap((name) => {
      const value = given.get(name);
      return typeof value === 'string' ? [[name, value.trim()]] : [];
    });
    apply({ ...filter, ...Object.fromEntries(fields) });
  };
  const clear = () => {
    apply({});
    // Its button goes away: whoever works with the keyboard goes on where the filters begin.
    form.current?.querySelector('input')?.focus();
    setCleared((times) => times + 1);
  };
  const isNarrowed = Object.keys(filter).length > 0;
  return (
    <form className={classes.filters} ref={form} onSubmit={submit} aria-label="Narrow the list">
      <div className={classes.line}>
        <SegmentedControl
          aria-label="Kind"
          data={kinds}
          value={filter.kind ?? ''}
          onChange={(kind) => apply({ ...filter, kind })}
        />
        <RecordId key={cleared} filter={filter} />
        <Button type="submit" variant="light">
          Apply
        </Button>
        {isNarrowed && (
          <Button variant="subtle" onClick={clear}>
            Clear all
          </Button>
        )}
      </div>
      <details open={rarer.some((name) => filter[name] !== undefined)}>
        <summary>More filters</summary>
        <Rarer key={cleared} filter={filter} />
      </details>
    </form>
  );
}

function RecordId({ filter }: { filter: Filter }) {
  return (
    <TextInput
      className={classes.record}
      name="record"
      aria-label="Id of a record"
      placeholder="Id of a record in either CRM"
      maxLength={40}
      {...useTyped(filter.record)}
    />
  );
}

function Rarer({ filter }: { filter: Filter }) {
  return (
    <div className={classes.rarer}>
      <Text filter={filter} name="actor" label="Who" placeholder="a name, or sync" />
      <NativeSelect name="system" label="Written in" data={systems} {...useTyped(filter.system)} />
      <Text filter={filter} name="object" label="Object" placeholder="such as Lead" maxLength={40} />
      <Text filter={filter} name="field" label="Field" placeholder="such as phone" />
      <TextInput
        name="run"
        label="Run"
        placeholder="number"
        inputMode="numeric"
        pattern="[0-9]{1,18}"
        {...useTyped(filter.run)}
      />
      <Text filter={filter} name="from" label="From" placeholder="2026-11-01, or 7d" />
      <Text filter={filter} name="to" label="Until" placeholder="2026-11-30" />
    </div>
  );
}

type TextProps = { filter: Filter; name: FilterName; label: string; placeholder: string; maxLength?: number };

function Text({ filter, name, maxLength = 100, ...shown }: TextProps) {
  return <TextInput name={name} maxLength={maxLength} {...shown} {...useTyped(filter[name])} />;
}
