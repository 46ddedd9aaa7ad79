import { Button, Select, TextInput } from '@mantine/core';
import { type FormEvent, useState } from 'react';
import { Link, useSearchParams } from 'wouter';
import { useAction, useApi } from '../../api/hooks.ts';
import { useCan } from '../../api/session.tsx';
import { Card } from '../../parts/card.tsx';
import { Empty } from '../../parts/empty.tsx';
import { Failed } from '../../parts/failed.tsx';
import { Loading } from '../../parts/loading.tsx';
import { PageHeader } from '../../parts/page-header.tsx';
import parts from '../../parts/parts.module.css';
import { Unread } from '../../parts/unread.tsx';
import { withParam } from '../records/with-param.ts';
import { ActivateButton } from './activate-button.tsx';
import classes from './mappings.module.css';
import { PlanTold } from './plan-told.tsx';

/** What a changed mapping would do to live records. Writes nothing. */
export function Page() {
  const can = useCan();
  return (
    <>
      <p className={classes.soft}>
        <Link href="/mappings" className={parts.link}>
          Mappings
        </Link>{' '}
        / plan
      </p>
      <PageHeader
        title="Plan a change"
        sentence="Reads live records and says what the proposed mapping would do otherwise than the live one. Nothing is written to either CRM."
      />
      {can('operator') ? (
        <Planning />
      ) : (
        <Empty
          title="Your role may look, not plan."
          text="Planning reads both CRMs: somebody with the role operator or admin can do it."
        />
      )}
    </>
  );
}

const everything = 'all';

function Planning() {
  const versions = useApi('GET /mappings', { query: { limit: 50 } });
  const plan = useAction('POST /plan', { quiet: true });
  const [params, setParams] = useSearchParams();
  const version = params.get('version');
  const [object, setObject] = useState(everything);
  const [since, setSince] = useState('');
  if (versions.data === undefined) return <Unread query={versions} waiting={<Loading rows={3} height={44} />} />;
  const others = versions.data.history.items.filter(({ active, filesKept }) => !active && filesKept);
  const proposed = versions.data.proposed?.version;
  const told = plan.mutation.data;
  const submit = (event: FormEvent) => {
    event.preventDefault();
    const chosen = version ?? (proposed === undefined ? null : String(proposed));
    const type = (['contacts', 'companies', 'deals'] as const).find((name) => name === object);
    plan.press({
      body: {
        sample: 200,
        ...(chosen === null ? {} : { mappings: Number(chosen) }),
        ...(type === undefined ? {} : { object: type }),
        ...(since.trim() === '' ? {} : { since: since.trim() }),
      },
    });
  };
  return (
    <div className={classes.stack}>
      <Card title="What to plan">
        <form className={classes.form} onSubmit={submit}>
          <Select
            label="Version"
            placeholder={proposed === undefined ? 'The files in MAPPINGS_DIR' : `Proposed: ${proposed}`}
            clearable
            value={version}
            onChange={(value) => setParams(withParam('version', value ?? '', ''), { replace: true })}
            data={others.map((one) => ({
              value: String(one.version),
              label: `Version ${one.version}${one.proposed ? ' (proposed)' : ''}`,
            }))}
          />
          <Select
            label="Records"
            allowDeselect={false}
            value={object}
            onChange={(value) => setObject(value ?? everything)}
            data={[{ value: everything, label: 'All kinds' }, 'contacts', 'companies', 'deals']}
          />
          <TextInput
            label="Changed since"
            placeholder="7d; empty: any time"
            value={since}
            onChange={(event) => setSince(event.currentTarget.value)}
          />
          <Button type="submit" loading={plan.busy}>
            Plan it
          </Button>
        </form>
        <p className={`${classes.soft} ${classes.below}`}>
          Up to 200 records of each kind are read from both CRMs and planned twice: as the live mapping has it, and as
          the other one would. The command line plans all of them: <code className={classes.code}>handoff plan</code>.
        </p>
      </Card>
      {plan.busy && <Loading rows={6} height={44} />}
      {!plan.busy && plan.problem !== null && <Failed problem={plan.problem} />}
      {!plan.busy && told !== undefined && (
        <PlanTold
          plan={told}
          activate={
            told.proposed.version === null || told.isSame ? null : <ActivateButton version={told.proposed.version} />
          }
        />
      )}
    </div>
  );
}
