import { accountField, contactCompanyProperty, type FieldValue } from '../../domain/record.ts';
import type { Mark } from '../../ports/ledger-claim.ts';
import type { RecordResult, WaitKey } from '../../ports/ledger-result.ts';
import { companyIdOf } from './contact-ties.ts';
import type { DrainDependencies } from './dependencies.ts';
import type { PlannedLook } from './look.ts';

/**
 * What a look says of the contact's company: the relation, so that the company is wanted in Salesforce as soon as the contact has passed the
 * gate, and what the contact waits for. An Account that nobody stands for and that the contact has no company for becomes one.
 */
export function contactRelations(
  { mapping }: Pick<DrainDependencies, 'mapping'>,
  look: PlannedLook,
): Pick<RecordResult, 'relations' | 'waitsFor' | 'marks'> {
  if (!mapping.company.isOn) return {};
  const { plan, claimed, goneCompanyId } = look;
  const moved = plan.contact.find(({ field }) => field === contactCompanyProperty);
  // The company to which the Account moves the contact is paired: nothing waits for it.
  const companyId = moved === undefined ? companyIdOf(look) : textOf(moved.after);
  const passedGate = plan.gate.passes || claimed.pair?.handedOverAtMs != null;
  const isRelated = passedGate && companyId !== null;
  const accountId = unpairedAccount(look);
  // Both ends of the tie: whichever is paired next brings the contact further.
  const waits: WaitKey[] = [
    ...plan.waitsFor,
    ...(isRelated && moved === undefined && look.ties.company?.accountId === null
      ? [{ object: 'company' as const, recordId: companyId }]
      : []),
    ...(accountId === null ? [] : [{ object: 'Account' as const, recordId: accountId }]),
  ];
  const isWanted = companyId === null && mapping.company.createInHubSpot === 'with_person';
  const marks = [
    ...(accountId !== null && isWanted ? [markOf('salesforce', 'Account', accountId)] : []),
    ...(goneCompanyId === null ? [] : [markOf('hubspot', 'company', goneCompanyId)]),
  ];
  return {
    // Told also where there is none: who has passed the gate once may have fallen back before anybody looked at the company.
    relations: isRelated ? [{ to: { object: 'company', recordId: companyId }, passedGate }] : [],
    ...(waits.length === 0 ? {} : { waitsFor: distinct(waits) }),
    ...(marks.length === 0 ? {} : { marks }),
  };
}

/** The Account of the linked Contact, where no company stands for it yet. */
function unpairedAccount({ plan, ties, found }: PlannedLook): string | null {
  if (ties.company === null || ties.company.companyId !== null || plan.person?.object !== 'Contact') return null;
  const value = found?.fields[accountField];
  return typeof value === 'string' && value !== '' ? value : null;
}

function textOf(value: FieldValue): string | null {
  return value === null ? null : String(value);
}

function distinct(waits: readonly WaitKey[]): WaitKey[] {
  return [...new Map(waits.map((wait) => [`${wait.object}/${wait.recordId}`, wait])).values()];
}

function markOf(system: Mark['system'], object: Mark['object'], recordId: string): Mark {
  return { system, object, recordId, priority: 2, source: 'parent' };
}
