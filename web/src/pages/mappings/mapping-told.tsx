import { Tabs } from '@mantine/core';
import { useSearchParams } from 'wouter';
import { Empty } from '../../parts/empty.tsx';
import { withParam } from '../records/with-param.ts';
import { FieldsPanel } from './fields-panel.tsx';
import { FilesPanel } from './files-panel.tsx';
import { FunnelPanel } from './funnel-panel.tsx';
import { type Mapping, objectName, placeWords } from './mapping-words.ts';
import classes from './mappings.module.css';

/** A version in parts; which part is open stands in the address. */
export function MappingTold({ mapping }: { mapping: Mapping }) {
  const [params, setParams] = useSearchParams();
  const parts = ['gate', ...mapping.objects.map(({ kind }) => kind), 'files'];
  const asked = params.get('part') ?? 'gate';
  const part = parts.includes(asked) ? asked : 'gate';
  return (
    <>
      {mapping.problem !== null && (
        <div className={classes.notice} data-tone="error" role="alert">
          <p>{mapping.problem.text}</p>
          <ul>
            {mapping.problem.faults.map((fault) => (
              <li key={`${fault.file}:${fault.line} ${fault.text}`}>
                {placeWords(fault)}: {fault.text}
              </li>
            ))}
          </ul>
        </div>
      )}
      <Tabs
        value={part}
        onChange={(value) => setParams(withParam('part', value ?? 'gate', 'gate'), { replace: true })}
        keepMounted={false}
      >
        <Tabs.List>
          <Tabs.Tab value="gate">Gate and stages</Tabs.Tab>
          {mapping.objects.map(({ kind, on }) => (
            <Tabs.Tab key={kind} value={kind}>
              {objectName(kind)}
              {!on && ' (off)'}
            </Tabs.Tab>
          ))}
          <Tabs.Tab value="files">Files</Tabs.Tab>
        </Tabs.List>
        <Tabs.Panel value="gate" className={classes.panel}>
          {mapping.gate === null ? <Empty title="This cannot be shown any more." /> : <FunnelPanel mapping={mapping} />}
        </Tabs.Panel>
        {mapping.objects.map((object) => (
          <Tabs.Panel key={object.kind} value={object.kind} className={classes.panel}>
            <FieldsPanel object={object} pipelines={object.kind === 'deal' ? mapping.pipelines : []} />
          </Tabs.Panel>
        ))}
        <Tabs.Panel value="files" className={classes.panel}>
          <FilesPanel files={mapping.files} />
        </Tabs.Panel>
      </Tabs>
    </>
  );
}
