import { expect } from 'vitest';

/** A page that listens for changes. */
export type EventStream = {
  /** Waits until this topic is told. @returns all topics that were told since the last call */
  topicsUntil(topic: string): Promise<readonly string[]>;
  /** Fulfilled when the server has ended it. */
  ended: Promise<void>;
  close(): void;
};

const withinMs = 10_000;

/** Opens `GET /api/v1/events` as a browser does, and waits until it is open. */
export async function listenTo(url: string, headers: Record<string, string>): Promise<EventStream> {
  const ours = new AbortController();
  const answer = await fetch(url, { headers: { ...headers, accept: 'text/event-stream' }, signal: ours.signal });
  expect(answer.status).toBe(200);
  expect(answer.headers.get('content-type')).toContain('text/event-stream');
  const told: string[] = [];
  let wake = (): void => undefined;
  const ended = readEvents(answer, (topics) => {
    told.push(...topics);
    wake();
  });
  return {
    ended,
    close: () => ours.abort(),
    async topicsUntil(topic) {
      const late = AbortSignal.timeout(withinMs);
      while (!told.includes(topic)) {
        if (late.aborted) throw new Error(`${topic} was not told, but ${told.join(', ')}`);
        await new Promise<void>((done) => {
          wake = done;
          late.addEventListener('abort', () => done(), { once: true });
        });
      }
      return told.splice(0);
    },
  };
}

async function readEvents(answer: Response, onTopics: (topics: readonly string[]) => void): Promise<void> {
  let text = '';
  try {
    for await (const chunk of answer.body ?? []) {
      text += Buffer.from(chunk).toString('utf8');
      const blocks = text.split('\n\n');
      text = blocks.pop() ?? '';
      for (const block of blocks) {
        const data = /^data:\s?(.*)$/m.exec(block)?.[1];
        if (/^event:\s?changed$/m.test(block) && data !== undefined) onTopics(JSON.parse(data).topics);
      }
    }
  } catch {
    // Closed by us, or cut.
  }
}
