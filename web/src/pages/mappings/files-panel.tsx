import { Accordion } from '@mantine/core';
import { Empty } from '../../parts/empty.tsx';
import type { Mapping } from './mapping-words.ts';
import classes from './mappings.module.css';

/** The files of a version, as they were reviewed. */
export function FilesPanel({ files }: Pick<Mapping, 'files'>) {
  if (files === null)
    return (
      <Empty title="The files of this version were not kept." text="It is older than the ledger's memory of files." />
    );
  return (
    <Accordion variant="separated" multiple>
      {Object.entries(files)
        .sort(([one], [other]) => one.localeCompare(other))
        .map(([name, text]) => (
          <Accordion.Item key={name} value={name}>
            <Accordion.Control>{name}.yaml</Accordion.Control>
            <Accordion.Panel>
              {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable with the keyboard. */}
              <pre className={classes.file} tabIndex={0}>
                {text}
              </pre>
            </Accordion.Panel>
          </Accordion.Item>
        ))}
    </Accordion>
  );
}
