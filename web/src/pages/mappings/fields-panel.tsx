import { Table, TextInput } from '@mantine/core';
import { IconSearch } from '@tabler/icons-react';
import { useState } from 'react';
import { Card } from '../../parts/card.tsx';
import { Empty } from '../../parts/empty.tsx';
import { formatUnits } from '../../parts/format.ts';
import { ScrollTable } from '../../parts/scroll-table.tsx';
import { Tag } from '../../parts/tone.tsx';
import {
  fieldsLike,
  flows,
  type MappedField,
  type MappedObject,
  type Mapping,
  objectName,
  placeWords,
} from './mapping-words.ts';
import classes from './mappings.module.css';
import { SettingsList } from './settings-list.tsx';

type Props = { object: MappedObject; pipelines: Mapping['pipelines'] };

/** Which field goes with which, and who owns it. */
export function FieldsPanel({ object, pipelines }: Props) {
  const [query, setQuery] = useState('');
  const fields = fieldsLike(object.fields, query);
  return (
    <div className={classes.stack}>
      {!object.on && (
        <div className={classes.notice} data-tone="warning">
          <p>{objectName(object.kind)} are not synced: the mapping has them off.</p>
        </div>
      )}
      <Card
        title={`HubSpot ${object.hubspot.toLowerCase()} and Salesforce ${object.salesforce.join(', ')}`}
        note={formatUnits(object.fields.length, 'field')}
      >
        <TextInput
          aria-label="Find a field"
          placeholder="Find a field"
          leftSection={<IconSearch size={16} aria-hidden="true" />}
          value={query}
          onChange={(event) => setQuery(event.currentTarget.value)}
          className={classes.find}
        />
        {fields.length === 0 ? (
          <Empty title="No field is called so." />
        ) : (
          <ScrollTable label={`Fields of ${objectName(object.kind).toLowerCase()}`} wide>
            <Table.Thead>
              <Table.Tr>
                <Table.Th>HubSpot</Table.Th>
                <Table.Th aria-label="Direction" />
                <Table.Th>Salesforce</Table.Th>
                <Table.Th>Rule</Table.Th>
                <Table.Th>Place</Table.Th>
              </Table.Tr>
            </Table.Thead>
            <Table.Tbody>
              {fields.map((field) => (
                <Row key={`${field.hubspot} ${field.salesforce}`} field={field} />
              ))}
            </Table.Tbody>
          </ScrollTable>
        )}
      </Card>
      {pipelines.map((pipeline) => (
        <Card
          key={pipeline.hubspot}
          title={`Pipeline ${pipeline.label}`}
          note={
            pipeline.recordType === null
              ? placeWords(pipeline)
              : `record type ${pipeline.recordType} · ${placeWords(pipeline)}`
          }
        >
          <Values pairs={[...pipeline.stages, ...pipeline.stagesBack]} />
        </Card>
      ))}
      {object.settings.length > 0 && (
        <Card title="Also">
          <SettingsList settings={object.settings} />
        </Card>
      )}
    </div>
  );
}

function Row({ field }: { field: MappedField }) {
  const { arrow, words } = flows[field.flow];
  return (
    <Table.Tr>
      <Table.Td className={`${classes.name} ${classes.field}`}>{field.hubspot}</Table.Td>
      <Table.Td>
        <span role="img" aria-label={words} title={words}>
          {arrow}
        </span>
      </Table.Td>
      <Table.Td className={`${classes.name} ${classes.field}`}>{field.salesforce}</Table.Td>
      <Table.Td>
        <Tag>{field.rule}</Tag> {field.says}
        {field.transform !== null && (
          <div>
            to Salesforce as <code className={classes.code}>{field.transform}</code>
          </div>
        )}
        {field.transformBack !== null && (
          <div>
            back as <code className={classes.code}>{field.transformBack}</code>
          </div>
        )}
        {field.notes.map((note) => (
          <div key={note} className={classes.soft}>
            {note}
          </div>
        ))}
        {field.values.length > 0 && (
          <details>
            <summary>{formatUnits(field.values.length, 'value')}</summary>
            <Values pairs={[...field.values, ...field.valuesBack]} />
          </details>
        )}
      </Table.Td>
      <Table.Td className={classes.place}>{placeWords(field)}</Table.Td>
    </Table.Tr>
  );
}

function Values({ pairs }: { pairs: MappedField['values'] }) {
  return (
    <ul className={classes.values}>
      {pairs.map(({ hubspot, salesforce }) => (
        <li key={`${hubspot} ${salesforce}`}>
          {hubspot} <span aria-hidden="true">→</span>
          <span className={classes.unseen}> is </span> {salesforce}
        </li>
      ))}
    </ul>
  );
}
