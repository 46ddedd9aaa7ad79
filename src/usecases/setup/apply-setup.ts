import { toSyncError } from '../../errors.ts';
import { type SetupPorts, setupSpend } from './look.ts';
import type { SetupAction, SetupPlan, SetupStep } from './types.ts';

/** How one step went. `skipped`: a step that it builds on did not succeed. */
export type StepOutcome = {
  id: string;
  outcome: 'nothing' | 'done' | 'failed' | 'skipped';
  code: string | null;
  text: string | null;
};

async function carryOut(action: SetupAction, ports: SetupPorts): Promise<void> {
  switch (action.kind) {
    case 'create-field':
      return ports.salesforceSetup.createField(action.field);
    case 'grant':
      return ports.salesforceSetup.grant(action.permissionSet);
    case 'assign':
      return ports.salesforceSetup.assign(action.permissionSet, action.userId);
    case 'map-conversion':
      return ports.salesforceSetup.writeConversion(action.settings);
    case 'create-property': {
      const { type, name, label, description, unique } = action.property;
      return ports.hubspot.createTextProperty(type, { name, label, description, unique }, setupSpend);
    }
  }
}

async function applyStep(step: SetupStep, unmet: readonly string[], ports: SetupPorts): Promise<StepOutcome> {
  if (step.state === 'exists') return { id: step.id, outcome: 'nothing', code: null, text: null };
  if (step.action === null) return { id: step.id, outcome: 'failed', code: `setup_${step.state}`, text: step.note };
  if (unmet.length > 0) {
    return { id: step.id, outcome: 'skipped', code: 'setup_blocked', text: `It builds on ${unmet.join(', ')}.` };
  }
  try {
    await carryOut(step.action, ports);
    return { id: step.id, outcome: 'done', code: null, text: null };
  } catch (thrown) {
    const error = toSyncError(thrown);
    const advice = error.detail.advice === undefined ? '' : ` ${error.detail.advice}`;
    return { id: step.id, outcome: 'failed', code: error.code, text: `${error.message}${advice}` };
  }
}

/**
 * Carries the plan out in its order. A step that fails stops only those that build on it; running setup again goes on where it ended.
 * Deletes nothing, and changes nothing that the plan calls `wrong`.
 */
export async function applySetup(plan: SetupPlan, ports: SetupPorts): Promise<readonly StepOutcome[]> {
  const outcomes: StepOutcome[] = [];
  for (const step of plan.steps) {
    const unmet = step.after.filter((id) => {
      const before = outcomes.find((outcome) => outcome.id === id);
      return before?.outcome === 'failed' || before?.outcome === 'skipped';
    });
    outcomes.push(await applyStep(step, unmet, ports));
  }
  return outcomes;
}
