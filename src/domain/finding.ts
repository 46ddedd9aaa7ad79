/** Where something stands. */
export type Place = {
  /** A file under `mappings/`, as it was given, or `.env`; empty where a CRM is at fault and no line of a file. */
  file: string;
  /** From 1; 0 where there is no place within the file. */
  line: number;
  column: number;
};

/** One thing that is wrong, or looks wrong, in the mappings or in a CRM: what a `handoff check` prints as one line. */
export type Finding = Place & {
  severity: 'error' | 'warning';
  /** Stable, such as `unknown_key`. */
  code: string;
  what: string;
  why: string;
  fix: string;
};
