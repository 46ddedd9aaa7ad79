import { Value } from '../../parts/value.tsx';
import classes from './records.module.css';
import { shownValue, type ValueWords } from './value-words.ts';

type Props = { field: string | null; value: unknown; words: ValueWords };

/** A field's value as people call it; an owner's id stands behind the name. */
export function NamedValue({ field, value, words }: Props) {
  const shown = shownValue(field, value, words);
  if (shown === null) return <Value value={value} />;
  return (
    <>
      <Value value={shown.text} />
      {shown.id !== null && <span className={classes.id}> {shown.id}</span>}
    </>
  );
}
