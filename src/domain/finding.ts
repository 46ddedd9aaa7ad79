/** Where something stands in the mappings. */
export type Place = {
  /** The file under `mappings/`, as it was given; empty where a CRM is at fault and no line of a file. */
  file: string;
  /** From 1; 0 where there is no place to point at. */
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
