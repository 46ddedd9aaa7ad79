import type { PlanProblem } from '../plan/types.ts';
import type { CounterpartObject } from '../record.ts';

type Question = Pick<PlanProblem, 'code' | 'message' | 'advice'>;

/** What a person must answer before a company or deal may be paired. */
export type RecordQuestions = Readonly<
  Record<'several' | 'taken' | 'deleted' | 'unlinked' | 'restored' | 'merged' | 'erased', Question>
>;

/** The question about these records. */
export function toProblem(question: Question, recordIds: readonly string[]): PlanProblem {
  return { ...question, fields: [], recordIds: [...new Set(recordIds)] };
}

const accountQuestions: RecordQuestions = {
  several: {
    code: 'several_accounts',
    message: 'Several Accounts in Salesforce could be this company.',
    advice:
      'Merge them in Salesforce, or put the id of the right one into salesforce_account_id of the company in HubSpot.',
  },
  taken: {
    code: 'account_taken',
    message: 'The Account found in Salesforce already belongs to another HubSpot company.',
    advice:
      'Merge the two companies in HubSpot, or put the id of the right Account into salesforce_account_id. Where the other company no longer exists, clear HubSpot_Company_Id__c of the Account in Salesforce.',
  },
  deleted: {
    code: 'account_deleted',
    message: 'This company had an Account in Salesforce that was deleted; none is created in its place.',
    advice:
      'Restore the Account from the Salesforce recycle bin, or put the id of the right one into salesforce_account_id.',
  },
  unlinked: {
    code: 'account_unlinked',
    message: 'The Account of this company was deleted on purpose and both were unlinked; none is created in its place.',
    advice:
      'If that was intended, nothing needs doing. Else restore the Account in Salesforce, or put the id of the right one into salesforce_account_id.',
  },
  restored: {
    code: 'account_restored',
    message: 'The Account of this company had been deleted in Salesforce and is there again.',
    advice:
      'Delete the Account again, or set "restored_in_salesforce: relink" under "events" in companies.yaml to link both anew.',
  },
  merged: {
    code: 'account_merged',
    message: 'The Account of this company was merged into another one in Salesforce.',
    advice: 'Put the id of the Account that is left into salesforce_account_id of the company, if it is the same one.',
  },
  erased: {
    code: 'company_erased',
    message: 'This company was erased; nothing is created or linked for it again.',
    advice: 'Nothing needs doing.',
  },
};

const opportunityQuestions: RecordQuestions = {
  several: {
    code: 'several_opportunities',
    message: 'Several Opportunities in Salesforce could be this deal.',
    advice:
      'Delete what is double in Salesforce, or put the id of the right one into salesforce_opportunity_id of the deal in HubSpot.',
  },
  taken: {
    code: 'opportunity_taken',
    message: 'The Opportunity found in Salesforce already belongs to another HubSpot deal.',
    advice:
      'Merge the two deals in HubSpot, or clear salesforce_opportunity_id of this one. Where the other deal no longer exists, clear HubSpot_Deal_Id__c of the Opportunity in Salesforce.',
  },
  deleted: {
    code: 'opportunity_deleted',
    message: 'This deal had an Opportunity in Salesforce that was deleted; none is created in its place.',
    advice:
      'Restore the Opportunity from the Salesforce recycle bin, or put the id of the right one into salesforce_opportunity_id.',
  },
  unlinked: {
    code: 'opportunity_unlinked',
    message:
      'The Opportunity of this deal was deleted on purpose and both were unlinked; none is created in its place.',
    advice:
      'If that was intended, nothing needs doing. Else restore the Opportunity in Salesforce, or put the id of the right one into salesforce_opportunity_id.',
  },
  restored: {
    code: 'opportunity_restored',
    message: 'The Opportunity of this deal had been deleted in Salesforce and is there again.',
    advice:
      'Delete the Opportunity again, or set "restored_in_salesforce: relink" under "events" in deals.yaml to link both anew.',
  },
  // Salesforce cannot merge Opportunities; the question is here for the sake of completeness.
  merged: {
    code: 'opportunity_merged',
    message: 'The Opportunity of this deal was merged into another one in Salesforce.',
    advice:
      'Put the id of the Opportunity that is left into salesforce_opportunity_id of the deal, if it is the same one.',
  },
  erased: {
    code: 'deal_erased',
    message: 'This deal was erased; nothing is created or linked for it again.',
    advice: 'Nothing needs doing.',
  },
};

export const recordQuestions: Readonly<Record<CounterpartObject, RecordQuestions>> = {
  Account: accountQuestions,
  Opportunity: opportunityQuestions,
};

/** An Account was found by its domain, and its name is another company's. */
export const accountNameDiffers: Question = {
  code: 'account_name_differs',
  message: 'An Account in Salesforce has the domain of this company, and another name.',
  advice:
    'If both are the same company, put the id of the Account into salesforce_account_id of the company in HubSpot, or give both the same name; if not, correct the domain of one of them.',
};
