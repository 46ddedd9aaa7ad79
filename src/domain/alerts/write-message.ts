import { clockText, lengthText } from '../health/words.ts';
import { severityWords, tellIncident } from './tell-incident.ts';
import type { AlertCode, IncidentFacts, Severity } from './types.ts';

/** What a Slack-compatible webhook takes. */
export type AlertMessage = { text: string; blocks: readonly AlertBlock[] };
type AlertBlock = { type: 'section'; text: { type: 'mrkdwn'; text: string } };

/** What is to be told of an incident: that it has begun, or that it has ended. Times are epoch milliseconds. */
export type Notice = {
  id: string;
  code: AlertCode;
  subject: string;
  severity: Severity;
  facts: IncidentFacts;
  sinceMs: number;
} & ({ tells: 'opening' } | { tells: 'ending'; endedMs: number });

/** Slack takes 3,000 characters in a section, and shows a long text folded. */
const mostLines = 20;
const mostChars = 2_900;

/** One message about one incident. Pure. @param pageUrl base of the page, without a slash at its end; null: nobody knows it */
export function writeMessage(notice: Notice, pageUrl: string | null): AlertMessage {
  const { title, text, fix, path } = tellIncident(notice);
  const since = clockText(notice.sinceMs);
  const link = pageUrl === null ? '' : `<${pageUrl}${path}|Open the page>`;
  const name = `Incident ${notice.id}`;
  if (notice.tells === 'ending') {
    const lasted = `It lasted ${lengthText(Math.max(1_000, notice.endedMs - notice.sinceMs))}: from ${since} to ${clockText(notice.endedMs)}.`;
    return toMessage(`Over: ${title}. ${name}.`, [`*Over: ${escapeText(title)}*`, lasted, joined([name, link])]);
  }
  const head = `${severityWords[notice.severity]}: ${title}`;
  return toMessage(`${head}. Since ${since}. ${name}.`, [
    `*${escapeText(head)}*`,
    escapeText(text),
    `Since ${since}.`,
    `*What to do:* ${escapeText(fix)}`,
    joined([name, link]),
  ]);
}

/** One message about many. Pure. */
export function writeDigest(notices: readonly Notice[], pageUrl: string | null): AlertMessage {
  const begun = notices.filter(({ tells }) => tells === 'opening');
  const head = `Handoff: ${notices.length} changes of incidents at once, ${begun.length} begun and ${notices.length - begun.length} over`;
  const lines = notices.slice(0, mostLines).map((notice) => {
    const { title } = tellIncident(notice);
    const word = notice.tells === 'ending' ? 'Over' : severityWords[notice.severity];
    return `• ${word}: ${escapeText(title)}, since ${clockText(notice.sinceMs)} (incident ${notice.id})`;
  });
  const more = notices.length - lines.length;
  const rest = more > 0 ? [`… and ${more} more.`] : [];
  const link = pageUrl === null ? [] : [`<${pageUrl}/|Open the page>`];
  const todo =
    '*What to do:* begin with the first line. Many at once mostly have one cause, such as a CRM that is away.';
  return toMessage(`${head}.`, [`*${head}*`, ...lines, ...rest, todo, ...link]);
}

/** What `handoff alerts --test` sends. Pure. */
export function writeTest(pageUrl: string | null, nowMs: number): AlertMessage {
  const link = pageUrl === null ? '' : `<${pageUrl}/|Open the page>`;
  const text = 'This is a test. Messages about incidents arrive here.';
  return toMessage(`Handoff: ${text}`, [`*Handoff*`, text, joined([`Sent ${clockText(nowMs)}`, link])]);
}

/** `&`, `<` and `>` begin references and links in Slack's text; everything else is shown as it is. */
function escapeText(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}

function toMessage(summary: string, lines: readonly string[]): AlertMessage {
  const text = lines.join('\n').slice(0, mostChars);
  return { text: escapeText(summary), blocks: [{ type: 'section', text: { type: 'mrkdwn', text } }] };
}

function joined(parts: readonly string[]): string {
  return parts.filter((part) => part !== '').join(' · ');
}
