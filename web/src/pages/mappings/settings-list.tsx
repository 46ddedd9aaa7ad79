import { type Mapping, placeWords } from './mapping-words.ts';
import classes from './mappings.module.css';

/** What a mapping says beside its fields, a sentence each, with its place in the files. */
export function SettingsList({ settings }: { settings: Mapping['lifecycle']['settings'] }) {
  if (settings.length === 0) return null;
  return (
    <ul className={classes.plain}>
      {settings.map((setting) => (
        <li key={setting.key}>
          {setting.text} <span className={classes.place}>{placeWords(setting)}</span>
        </li>
      ))}
    </ul>
  );
}
