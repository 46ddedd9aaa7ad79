import { Button } from '@mantine/core';
import { Link, useParams } from 'wouter';
import { useApi } from '../../api/hooks.ts';
import { useCan } from '../../api/session.tsx';
import { Loading } from '../../parts/loading.tsx';
import { PageHeader } from '../../parts/page-header.tsx';
import parts from '../../parts/parts.module.css';
import { Tag } from '../../parts/tone.tsx';
import { Unread } from '../../parts/unread.tsx';
import { ActivateButton } from './activate-button.tsx';
import { ChangesCard } from './changes-card.tsx';
import { MappingTold } from './mapping-told.tsx';
import { type Mapping, versionState } from './mapping-words.ts';
import classes from './mappings.module.css';

/** One version of the mapping, and what it says otherwise than the one that is live. */
export function Page() {
  const { version = '' } = useParams();
  const mapping = useApi('GET /mappings/{version}', { params: { version }, query: { against: 'active' } });
  if (mapping.data === undefined)
    return (
      <>
        <PageHeader title={`Mapping ${version}`} />
        <Unread query={mapping} waiting={<Loading rows={8} height={44} />} />
      </>
    );
  const told = mapping.data;
  const { text, tone } = versionState(told);
  return (
    <>
      <p className={classes.soft}>
        <Link href="/mappings" className={parts.link}>
          Mappings
        </Link>{' '}
        / version {told.version}
      </p>
      <PageHeader
        title={`Mapping version ${told.version}`}
        sentence={<Tag tone={tone}>{text}</Tag>}
        actions={told.active ? null : <Steps mapping={told} />}
      />
      <div className={classes.stack}>
        {!told.active && <ChangesCard changes={told.changes} />}
        <MappingTold mapping={told} />
      </div>
    </>
  );
}

/** First what it would do, then making it the live one. */
function Steps({ mapping: { version, filesKept, problem } }: { mapping: Mapping }) {
  const can = useCan();
  if (!filesKept || problem !== null) return null;
  return (
    <>
      {can('operator') && (
        <Button component={Link} href={`/mappings/plan?version=${version}`} variant="default">
          Plan it on live records
        </Button>
      )}
      <ActivateButton version={version} />
    </>
  );
}
