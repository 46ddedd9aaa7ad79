import { Button, SegmentedControl, TextInput } from '@mantine/core';
import { useState } from 'react';
import { useSearchParams } from 'wouter';
import classes from './funnel.module.css';

/** What the service takes where nothing is chosen. */
const usual = '90d';
const spans = [
  { value: '30d', label: '30 days' },
  { value: usual, label: '90 days' },
  { value: '365d', label: 'A year' },
];
const dates = 'dates';

/** The period, kept in the address: a span up to now, or two dates. */
export function Period() {
  const [params, setParams] = useSearchParams();
  const from = params.get('from') ?? usual;
  const isSpan = !params.has('to') && spans.some(({ value }) => value === from);
  // Also on the way back: what the address says counts, and dates that are being chosen stand nowhere yet.
  const [chosen, setChosen] = useState(false);
  const choosing = chosen || !isSpan;
  return (
    <div className={classes.period}>
      <SegmentedControl
        aria-label="Period"
        data={[...spans, { value: dates, label: 'Dates' }]}
        value={choosing ? dates : from}
        onChange={(value) => {
          setChosen(value === dates);
          if (value !== dates) setParams(value === usual ? {} : { from: value });
        }}
      />
      {choosing && <Dates from={isDay(from) ? from : ''} to={params.get('to') ?? ''} />}
    </div>
  );
}

function Dates({ from, to }: { from: string; to: string }) {
  const [, setParams] = useSearchParams();
  return (
    <form
      className={classes.dates}
      onSubmit={(event) => {
        event.preventDefault();
        const given = new FormData(event.currentTarget);
        const chosen = ['from', 'to'].map((name) => [name, String(given.get(name) ?? '')]);
        setParams(chosen.filter(([, value]) => value !== ''));
      }}
    >
      <TextInput type="date" name="from" label="From" defaultValue={from} required withAsterisk={false} />
      <TextInput type="date" name="to" label="To" defaultValue={to} />
      <Button type="submit" variant="default">
        Show
      </Button>
    </form>
  );
}

function isDay(text: string): boolean {
  return /^\d{4}-\d{2}-\d{2}$/.test(text);
}
