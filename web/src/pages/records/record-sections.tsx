import { Tabs } from '@mantine/core';
import type { ReactNode } from 'react';
import { useSearchParams } from 'wouter';
import classes from './records.module.css';

export type Section = { value: string; label: string; content: ReactNode };

/** The parts of a record's page below its summary. The one that is open stands in the address. */
export function RecordSections({ sections }: { sections: readonly Section[] }) {
  const [params, setParams] = useSearchParams();
  const usual = sections[0]?.value ?? '';
  const open = sections.find(({ value }) => value === params.get('tab'))?.value ?? usual;
  // Filters belong to one section: they are left behind with it.
  const choose = (value: string | null) => setParams(value === null || value === usual ? {} : { tab: value });
  return (
    <Tabs value={open} onChange={choose} keepMounted={false}>
      <Tabs.List>
        {sections.map(({ value, label }) => (
          <Tabs.Tab key={value} value={value}>
            {label}
          </Tabs.Tab>
        ))}
      </Tabs.List>
      {sections.map(({ value, content }) => (
        <Tabs.Panel key={value} value={value} className={classes.panel}>
          {content}
        </Tabs.Panel>
      ))}
    </Tabs>
  );
}
