import { Button, Group, Select, Textarea, TextInput } from '@mantine/core';
import { type FormEvent, useState } from 'react';
import { Link, useLocation } from 'wouter';
import { useAction } from '../../api/hooks.ts';
import { useCan } from '../../api/session.tsx';
import { Empty } from '../../parts/empty.tsx';
import { Failed } from '../../parts/failed.tsx';
import { formatUnits } from '../../parts/format.ts';
import { PageHeader } from '../../parts/page-header.tsx';
import { bodyOfForm, emptyForm, type Form, idsOf } from './backfill-form.ts';
import { objects, remember } from './remembered.ts';
import classes from './runs.module.css';

/** Takes records that were there before: the dry run first, the real one from its page. */
export function Page() {
  const can = useCan();
  return (
    <>
      <PageHeader
        title="Start a backfill"
        sentence="Takes in records that were there before. First a dry run plans every record and writes nothing; you start the real run from its result."
      />
      {can('operator') ? (
        <BackfillForm />
      ) : (
        <Empty
          title="Your role may look, not start."
          text="Somebody with the role operator or admin can plan a backfill."
        />
      )}
    </>
  );
}

function BackfillForm() {
  const [form, setForm] = useState<Form>(emptyForm);
  const [, navigate] = useLocation();
  const plan = useAction('POST /backfills', { quiet: true });
  const set = (name: keyof Form) => (value: string) => setForm((before) => ({ ...before, [name]: value }));
  const typed = (name: keyof Form) => (event: { currentTarget: { value: string } }) =>
    set(name)(event.currentTarget.value);
  const inHubspot = form.object === 'contacts' || form.object === 'companies' || form.object === 'deals';
  const ids = idsOf(form);
  const submit = (event: FormEvent) => {
    event.preventDefault();
    const body = bodyOfForm(form);
    plan.press({ body }, ({ id }) => {
      remember(id, body);
      navigate(`/runs/${id}`);
    });
  };
  return (
    <form className={classes.form} onSubmit={submit}>
      <Select
        label="Records"
        allowDeselect={false}
        value={form.object}
        onChange={(value) => set('object')(value ?? 'contacts')}
        data={objects.map((value) => ({
          value,
          label: `${value} of ${isOfHubspot(value) ? 'HubSpot' : 'Salesforce'}`,
        }))}
      />
      <div className={classes.pair}>
        <TextInput
          label="Changed since"
          description="A date, or a span such as 90d. Empty: all."
          placeholder="2026-01-31"
          value={form.since}
          onChange={typed('since')}
        />
        <TextInput
          label="Changed before"
          description="A date or a span. Empty: until now."
          value={form.until}
          onChange={typed('until')}
        />
      </div>
      <div className={classes.pair}>
        <TextInput
          label={inHubspot ? 'Stage' : form.object === 'leads' ? 'Lead Status' : 'Stage Name'}
          description={inHubspot ? 'The internal name.' : 'As Salesforce shows it.'}
          placeholder={inHubspot ? 'salesqualifiedlead' : ''}
          value={form.stage}
          onChange={typed('stage')}
        />
        <TextInput
          label="HubSpot list"
          description={inHubspot ? 'The id of a list.' : 'For records of HubSpot only.'}
          disabled={!inHubspot}
          value={form.list}
          onChange={typed('list')}
        />
      </div>
      <TextInput
        label="Expression"
        description="As in gate.yaml. Only records for which it is true are taken."
        placeholder={'contact.country == "Germany"'}
        value={form.where}
        onChange={typed('where')}
      />
      <Textarea
        label="Ids"
        description={`One per line, up to 10,000; longer lists go through the command line.${ids.length === 0 ? '' : ` ${formatUnits(ids.length, 'id')} given.`}`}
        autosize
        minRows={2}
        maxRows={10}
        value={form.ids}
        onChange={typed('ids')}
      />
      {plan.problem !== null && <Failed problem={plan.problem} />}
      <Group gap="xs">
        <Button type="submit" loading={plan.busy}>
          Plan it (dry run)
        </Button>
        <Button variant="default" component={Link} href="/runs">
          Back to the runs
        </Button>
      </Group>
    </form>
  );
}

function isOfHubspot(object: string): boolean {
  return object === 'contacts' || object === 'companies' || object === 'deals';
}
