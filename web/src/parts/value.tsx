import classes from './parts.module.css';

/** A field's value as it is stored. Always text: whatever a record holds, nothing of it is run or followed. */
export function Value({ value }: { value: unknown }) {
  if (value === null || value === undefined || value === '') return <span className={classes.dim}>empty</span>;
  return <span className={classes.text}>{textOf(value)}</span>;
}

function textOf(value: unknown): string {
  if (typeof value === 'string') return value;
  if (typeof value === 'boolean') return value ? 'yes' : 'no';
  return typeof value === 'number' ? String(value) : (JSON.stringify(value) ?? '');
}
