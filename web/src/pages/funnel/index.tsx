import { useSearchParams } from 'wouter';
import { useApi } from '../../api/hooks.ts';
import { Card } from '../../parts/card.tsx';
import { Empty } from '../../parts/empty.tsx';
import { Loading } from '../../parts/loading.tsx';
import { PageHeader } from '../../parts/page-header.tsx';
import { Unread } from '../../parts/unread.tsx';
import classes from './funnel.module.css';
import { Period } from './period.tsx';
import { periodText } from './period-words.ts';
import { Stages } from './stages.tsx';
import { Weeks } from './weeks.tsx';

/** How contacts move through the stages in a period. */
export function Page() {
  const [params] = useSearchParams();
  const from = params.get('from') ?? undefined;
  const to = params.get('to') ?? undefined;
  const query = { ...(from === undefined ? {} : { from }), ...(to === undefined ? {} : { to }) };
  const funnel = useApi('GET /funnel', { query }, { placeholderData: (before) => before });
  const { data, isPlaceholderData } = funnel;
  return (
    <>
      <PageHeader
        title="Funnel"
        sentence="How contacts move from stage to stage: how many, how far, and how long they take."
        actions={<Period />}
      />
      {data === undefined && <Unread query={funnel} waiting={<Loading rows={3} height={240} />} />}
      {data !== undefined && (
        <div className={classes.page} aria-busy={isPlaceholderData}>
          <Card title="Stages" note={`Contacts that entered a stage ${periodText(data)}`}>
            {data.stages.every(({ entered, now }) => entered + now === 0) ? (
              <Empty
                title="No contact has moved in this period."
                text="Choose a longer one, or come back when contacts have changed their stage."
              />
            ) : (
              <Stages stages={data.stages} />
            )}
          </Card>
          <Weeks weeks={data.weeks} />
          <Notes notes={data.notes} />
        </div>
      )}
    </>
  );
}

function Notes({ notes }: { notes: readonly string[] }) {
  if (notes.length === 0) return null;
  return (
    <Card title="What these numbers leave out">
      <ul className={classes.notes}>
        {notes.map((note) => (
          <li key={note}>{note}</li>
        ))}
      </ul>
    </Card>
  );
}
