import type { ReactNode } from 'react';
import { Card } from '../../parts/card.tsx';
import { Tag } from '../../parts/tone.tsx';
import { CounterpartFact } from '../records/counterpart-fact.tsx';
import { LastLook } from '../records/last-look.tsx';
import classes from '../records/records.module.css';
import { Related } from '../records/related.tsx';
import type { RecordTold, Told } from '../records/told.ts';
import { companyText } from './company-text.ts';

/** Where both sides have a deal: pipeline, stage, what it has come to, and its company. */
export function DealFacts({ told, answer: { stages, company } }: { told: Told; answer: RecordTold }) {
  return (
    <Card title="Where it stands">
      <dl className={classes.facts}>
        <CounterpartFact told={told} />
        <dt>Stage in HubSpot</dt>
        <dd>
          <Stage
            stage={stages?.hubspot.stageLabel ?? stages?.hubspot.stage ?? null}
            pipeline={stages?.hubspot.pipelineLabel ?? stages?.hubspot.pipeline ?? null}
          />
        </dd>
        <dt>Stage in Salesforce</dt>
        <dd>
          <Stage stage={stages?.salesforce?.stage ?? null} pipeline={stages?.salesforce?.pipeline ?? null}>
            {stages !== null && stages.state !== null && <State state={stages.state} />}
          </Stage>
        </dd>
        {company !== null && (
          <>
            <dt>Company</dt>
            <dd>
              {company.companyId === null ? (
                <span className={classes.soft}>{companyText(company)}</span>
              ) : (
                <Related
                  kind="company"
                  id={company.companyId}
                  name={company.name}
                  counterpart={company.account}
                  failure={company.failure}
                  text={companyText(company)}
                />
              )}
            </dd>
          </>
        )}
        <LastLook told={told} />
      </dl>
    </Card>
  );
}

type StageProps = { stage: string | null; pipeline: string | null; children?: ReactNode };

function Stage({ stage, pipeline, children }: StageProps) {
  if (stage === null) return <span className={classes.soft}>None</span>;
  return (
    <>
      {stage} {children}
      {pipeline !== null && <p className={classes.dim}>Pipeline {pipeline}</p>}
    </>
  );
}

const states = {
  open: { text: 'Open', tone: 'info' },
  won: { text: 'Won', tone: 'ok' },
  lost: { text: 'Lost', tone: 'quiet' },
} as const;

function State({ state }: { state: keyof typeof states }) {
  return <Tag tone={states[state].tone}>{states[state].text}</Tag>;
}
