import type { ChangeEvent } from './events.ts';
import type { Author, ObjectType } from './model.ts';
import type { Portal } from './portal.ts';
import { type RecordView, toView } from './record-hands.ts';
import { requireValid, updateRecord } from './writes.ts';

/** Looks at a record after a change and answers the values it sets, if any. */
export type Workflow = (record: RecordView) => Record<string, string> | undefined;

export type WorkflowOptions = {
  /** Whose changes set it off; contacts when nothing is said. */
  type?: ObjectType;
  /** What the property history shows as `sourceLabel`. */
  name?: string;
  /** How long after a change it runs; changes in between are one enrolment. */
  delayMs?: number;
  /** How often it may write to one record, so that a workflow never fights for ever. */
  maxWrites?: number;
};

export type Workflows = {
  /** Runs a workflow after each change of a record of its type, whoever made it, other workflows and itself too. The answer switches it off. */
  automate(workflow: Workflow, options?: WorkflowOptions): () => void;
  /** Runs at once what waits for its time, and what that sets off; answers how many writes there were. */
  runWorkflows(): number;
  enroll(change: ChangeEvent): void;
  close(): void;
};

type Entry = {
  workflow: Workflow;
  author: Author;
  options: Required<WorkflowOptions>;
  waiting: Map<string, NodeJS.Timeout>;
  writes: Map<string, number>;
};

const KINDS: ReadonlySet<ChangeEvent['kind']> = new Set(['creation', 'propertyChange', 'restore']);

/** The workflows of a portal. Their values pass the same checks as any other; a lifecycle stage they can only move forward. */
export function createWorkflows(portal: Portal): Workflows {
  const entries = new Set<Entry>();
  let count = 0;

  function write(entry: Entry, recordId: string): boolean {
    entry.waiting.delete(recordId);
    const { type } = entry.options;
    const record = portal.stores[type].get(recordId);
    const written = entry.writes.get(recordId) ?? 0;
    if (record === undefined || record.state.archived || written >= entry.options.maxWrites) return false;
    const wanted = Object.entries(entry.workflow(toView(record)) ?? {});
    const changed = wanted.filter(([name, value]) => (record.state.values[name] ?? '') !== value);
    if (changed.length === 0) return false;
    entry.writes.set(recordId, written + 1);
    updateRecord(portal, record, requireValid(portal, type, Object.fromEntries(changed), record), entry.author);
    return true;
  }

  function stop(entry: Entry): void {
    entries.delete(entry);
    for (const timer of entry.waiting.values()) clearTimeout(timer);
    entry.waiting.clear();
  }

  return {
    automate(workflow, { type = 'contacts', name = `Workflow ${count + 1}`, delayMs = 20, maxWrites = 20 } = {}) {
      count += 1;
      const sourceId = `enrollmentId:${7_000_000 + count};actionExecutionIndex:0`;
      const author: Author = { changeSource: 'AUTOMATION_PLATFORM', sourceId, sourceLabel: name };
      const options = { type, name, delayMs, maxWrites };
      const entry: Entry = { workflow, author, options, waiting: new Map(), writes: new Map() };
      entries.add(entry);
      return () => stop(entry);
    },
    runWorkflows() {
      let writes = 0;
      for (let isBusy = true; isBusy; ) {
        isBusy = false;
        for (const entry of entries) {
          for (const [recordId, timer] of [...entry.waiting]) {
            clearTimeout(timer);
            isBusy = true;
            if (write(entry, recordId)) writes += 1;
          }
        }
      }
      return writes;
    },
    enroll({ type, kind, recordId }) {
      if (!KINDS.has(kind)) return;
      for (const entry of entries) {
        if (entry.options.type !== type || entry.waiting.has(recordId)) continue;
        const timer = setTimeout(() => write(entry, recordId), entry.options.delayMs);
        timer.unref();
        entry.waiting.set(recordId, timer);
      }
    },
    close() {
      for (const entry of entries) stop(entry);
    },
  };
}
