import {
  IconArrowLeft,
  IconArrowRight,
  IconEqual,
  IconEqualNot,
  IconMinus,
  type TablerIcon,
} from '@tabler/icons-react';
import { Fragment, type ReactNode } from 'react';
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
    <tr data-marked={(isMarked(field, state) && !isOnItsWay(state)) || undefined}>
      <th scope="row" className={classes.names}>
        {hubspot.name !== null && <Name text={hubspot.name} />}
        {salesforce.name !== null && <Name text={salesforce.name} className={classes.counterpart} />}
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
        <span className={classes.side}>Owned by</span>
        {rule.short}
      </td>
      <td className={classes.change}>
        <Changed field={field} />
      </td>
    </tr>
  );
}

function isOnItsWay({ kind }: FieldState): boolean {
  return kind === 'to_salesforce' || kind === 'to_hubspot';
}

/** A long name breaks at its underscores. */
function Name({ text, className }: { text: string; className?: string }) {
  return (
    <span className={className}>
      {text.split(/(?<=_)/).map((part, index) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: the parts of one name keep their places.
        <Fragment key={index}>
          {part}
          <wbr />
        </Fragment>
      ))}
    </span>
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
      <Ago at={at} /> · {system}
      {by !== null && <div>{by}</div>}
      {isRecord && <div title="Its CRM tells no more of this field: it was changed then, or earlier.">or earlier</div>}
    </>
  );
}
