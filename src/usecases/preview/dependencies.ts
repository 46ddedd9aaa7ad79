import type { KnowledgeLedger } from '../../ports/ledger-knowledge.ts';
import type { PlanDependencies } from '../drain/dependencies.ts';
import type { CounterpartPlanDependencies } from '../drain-counterparts/plan-counterparts.ts';
import type { PersonPlanDependencies } from '../drain-persons/plan-persons.ts';
import type { RecordPlanDependencies } from '../drain-records/dependencies.ts';

/** What it takes to preview records of any kind. Neither a CRM nor the ledger can be written with it. */
export type PreviewDependencies = PlanDependencies &
  RecordPlanDependencies &
  PersonPlanDependencies &
  CounterpartPlanDependencies & {
    ledger: KnowledgeLedger;
  };
