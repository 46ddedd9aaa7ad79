/** One thing that is wrong, or looks wrong, in the mappings or in a CRM: what a `handoff check` prints as one line. */
export type Finding = {
  severity: 'error' | 'warning';
  /** Stable, such as `unknown_key`. */
  code: string;
  /** The file under `mappings/`, as it was given; empty for a finding about a CRM. */
  file: string;
  /** From 1; 0 where there is no place to point at. */
  line: number;
  column: number;
  what: string;
  why: string;
  fix: string;
};
