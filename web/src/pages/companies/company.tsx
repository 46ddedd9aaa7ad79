import { companyIdentity } from '../records/identity.ts';
import { RecordPage } from '../records/record-page.tsx';
import { type RecordTold, toldOfRecord } from '../records/told.ts';
import { CompanyFacts } from './company-facts.tsx';

/** All of one company. */
export function Company({ answer, readAtMs }: { answer: RecordTold; readAtMs: number }) {
  const told = toldOfRecord(answer, readAtMs);
  return (
    <RecordPage
      told={told}
      answer={answer}
      identity={companyIdentity(told.id, told.fields)}
      facts={<CompanyFacts told={told} answer={answer} />}
    />
  );
}
