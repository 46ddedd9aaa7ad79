import { Value } from '../../parts/value.tsx';
import type { Field } from '../records/field-state.ts';
import { dealIdentity, moneyText } from '../records/identity.ts';
import { NamedValue } from '../records/named-value.tsx';
import { RecordPage } from '../records/record-page.tsx';
import { type RecordTold, toldOfRecord } from '../records/told.ts';
import { currencyOf } from './currency.ts';
import { DealFacts } from './deal-facts.tsx';

/** All of one deal. Amounts are shown with the currency of the deal. */
export function Deal({ answer, readAtMs }: { answer: RecordTold; readAtMs: number }) {
  const told = toldOfRecord(answer, readAtMs);
  const currency = currencyOf(told.fields);
  const show = (field: Field, value: unknown) => {
    const isMoney = field.hubspot.name === 'amount' && value !== null && value !== '';
    if (isMoney) return <Value value={moneyText(value, currency)} />;
    return <NamedValue field={field.hubspot.name} value={value} words={told.words} />;
  };
  return (
    <RecordPage
      told={told}
      answer={answer}
      identity={dealIdentity(told.id, told.fields)}
      facts={<DealFacts told={told} answer={answer} />}
      show={show}
    />
  );
}
