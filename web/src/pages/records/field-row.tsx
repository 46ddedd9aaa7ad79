import {
  IconArrowLeft,
  IconArrowRight,
  IconEqual,
  IconEqualNot,
  IconMinus,
  type TablerIcon,
} from '@tabler/icons-react';
import type { ReactNode } from 'react';
import { Ago } from '../../parts/time.tsx';
import { Tag, type Tone } from '../../parts/tone.tsx';
import { type Field, type FieldState, isMarked } from './field-state.ts';
import { lastChange, ruleWords } from './field-words.ts';
import classes from './fields-table.module.css';

const looks: Readonly<Record<FieldState['kind'], { icon: TablerIcon; tone: Tone }>> = {
  same: { icon: IconEqual, tone: 'quiet' },
  differs: { icon: IconEqualNot, tone: 'warning' },
  to_salesforce: { icon: IconArrowRight, tone: 'info' },
  to_hubspot: { icon: IconArrowLeft, tone: 'info' },
  one_side: { icon: IconMinus, tone: 'quiet' },
  alone: { icon: IconMinus, tone: 'quiet' },
  unknown: { icon: IconEqualNot, tone: 'quiet' },
};

type Props = {
  field: Field;
  state: FieldState;
  /** How a side's value is shown. */
  show: (field: Field, value: unknown) => ReactNode;
  /** What can be done about a field that is frozen. */
  thaw: ReactNode;
};

/** One field: both values, how they compare, who owns it, and who changed it last. */
export function FieldRow({ field, state, show, thaw }: Props) {
  const { hubspot, salesforce } = field;
  const rule = ruleWords(field.rule);
  return (
    <tr data-marked={isMarked(field, state) || undefined}>
      <th scope="row" className={classes.names}>
        {hubspot.name !== null && <span>{hubspot.name}</span>}
        {salesforce.name !== null && <span className={classes.counterpart}>{salesforce.name}</span>}
      </th>
      <td className={classes.value}>
        <span className={classes.side}>HubSpot</span>
        {hubspot.name === null ? <NoField /> : show(field, hubspot.value)}
      </td>
      <td className={classes.value}>
        <span className={classes.side}>Salesforce</span>
        {salesforce.name === null || state.kind === 'alone' ? <NoField /> : show(field, salesforce.value)}
      </td>
      <td className={classes.state}>
        {state.kind !== 'alone' && <State state={state} />}
        {field.frozen && <Frozen thaw={thaw} />}
        {field.held !== null && <span className={classes.why}>Put back by run {field.held}, and left alone.</span>}
      </td>
      <td className={classes.rule} title={rule.long}>
        {rule.short}
      </td>
      <td className={classes.change}>
        <Changed field={field} />
      </td>
    </tr>
  );
}

function NoField() {
  return (
    <span className={classes.change}>
      <span aria-hidden="true">–</span>
    </span>
  );
}

function State({ state: { kind, label, why } }: { state: FieldState }) {
  const { icon: Icon, tone } = looks[kind];
  return (
    <>
      <Tag tone={tone}>
        <Icon size={13} stroke={2} aria-hidden="true" className={classes.icon} /> {label}
      </Tag>
      {why !== null && kind !== 'one_side' && <span className={classes.why}>{why}</span>}
    </>
  );
}

function Frozen({ thaw }: { thaw: ReactNode }) {
  return (
    <span className={classes.why}>
      <Tag tone="warning">Frozen</Tag> Left alone, because somebody kept changing it back. {thaw}
    </span>
  );
}

function Changed({ field }: { field: Field }) {
  const change = lastChange(field);
  if (change === null) return <>Not known</>;
  const { system, at, by, isRecord } = change;
  return (
    <>
      <Ago at={at} /> in {system}
      {by !== null && <div>by {by}</div>}
      {isRecord && <div title="The CRM keeps no history of this field alone.">The record; the field no later</div>}
    </>
  );
}
