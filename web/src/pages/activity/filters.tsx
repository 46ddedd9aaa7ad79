import { Button, NativeSelect, SegmentedControl, TextInput } from '@mantine/core';
import type { FormEvent } from 'react';
import { useSearchParams } from 'wouter';
import classes from './activity.module.css';
import { type Filter, type FilterName, filterNames } from './filter.ts';

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
  const isNarrowed = Object.keys(filter).length > 0;
  return (
    <form className={classes.filters} onSubmit={submit} aria-label="Narrow the list">
      <div className={classes.line}>
        <SegmentedControl
          aria-label="Kind"
          data={kinds}
          value={filter.kind ?? ''}
          onChange={(kind) => apply({ ...filter, kind })}
        />
        <TextInput
          className={classes.record}
          name="record"
          aria-label="Id of a record"
          placeholder="Id of a record in either CRM"
          defaultValue={filter.record ?? ''}
          maxLength={40}
        />
        <Button type="submit" variant="light">
          Apply
        </Button>
        {isNarrowed && (
          <Button variant="subtle" onClick={() => apply({})}>
            Clear all
          </Button>
        )}
      </div>
      <details open={rarer.some((name) => filter[name] !== undefined)}>
        <summary>More filters</summary>
        <Rarer filter={filter} />
      </details>
    </form>
  );
}

function Rarer({ filter }: { filter: Filter }) {
  const text = (name: FilterName, label: string, placeholder: string) => (
    <TextInput
      name={name}
      label={label}
      placeholder={placeholder}
      defaultValue={filter[name] ?? ''}
      maxLength={name === 'object' ? 40 : 100}
    />
  );
  return (
    <div className={classes.rarer}>
      {text('actor', 'Who', 'a name, or sync')}
      <NativeSelect name="system" label="Written in" data={systems} defaultValue={filter.system ?? ''} />
      {text('object', 'Object', 'such as Lead')}
      {text('field', 'Field', 'such as phone')}
      <TextInput
        name="run"
        label="Run"
        placeholder="number"
        inputMode="numeric"
        pattern="[0-9]{1,18}"
        defaultValue={filter.run ?? ''}
      />
      {text('from', 'From', '2026-11-01, or 7d')}
      {text('to', 'Until', '2026-11-30')}
    </div>
  );
}
