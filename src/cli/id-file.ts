import { createReadStream } from 'node:fs';
import { createInterface } from 'node:readline';
import type { BackfillObject } from '../domain/runs/types.ts';
import { SyncError } from '../errors.ts';
import type { GivenIds } from '../usecases/runs/backfill/forecast.ts';
import { idsPerPortion, toRecordId } from '../usecases/runs/backfill/given-ids.ts';
import { objectNames } from '../usecases/runs/backfill/objects.ts';
import { createReservoir, mostSampled } from '../usecases/runs/sample.ts';

/** Most wrong lines that a message names. */
const mostNamed = 10;

/** A first line like this is the name of the column. */
const headerForm = /^[A-Za-z][A-Za-z0-9 _().-]*$/;

type Line = { number: number; id: string } | { number: number; id: null };

/**
 * Reads a file of ids once to check it: how many there are, and a sample of them. Its memory does not grow with the file.
 * @throws SyncError needs-human `id_file_unreadable` | `id_file_empty` | `id_file_faulty`, naming the first ten lines that hold no id
 */
export async function scanIdFile(path: string, object: BackfillObject): Promise<GivenIds> {
  const reservoir = createReservoir(mostSampled, Math.random);
  const wrong: number[] = [];
  let [count, faulty] = [0, 0];
  for await (const { number, id } of linesOf(path, object)) {
    if (id === null) {
      faulty += 1;
      if (wrong.length < mostNamed) wrong.push(number);
    } else {
      reservoir.add(id);
      count += 1;
    }
  }
  if (faulty > 0) {
    const faults = wrong.map((number) => `${path}:${number}: this is no id of ${object}.`);
    const more = faulty > wrong.length ? [`${faulty - wrong.length} more lines hold no id of ${object}.`] : [];
    throw Object.assign(faultyFile(), { faults: [...faults, ...more, whatToDo(object)] });
  }
  if (count === 0) throw emptyFile(path);
  return { count, sample: [...new Set(reservoir.ids())] };
}

/** The ids of a file that was checked, in portions. */
export async function* readIdFile(path: string, object: BackfillObject): AsyncIterable<readonly string[]> {
  let portion: string[] = [];
  for await (const { id } of linesOf(path, object)) {
    if (id === null) continue;
    portion.push(id);
    if (portion.length < idsPerPortion) continue;
    yield portion;
    portion = [];
  }
  if (portion.length > 0) yield portion;
}

/** The lines that hold something: one id each, or the first column of a table. Blank lines and a header are passed over. */
async function* linesOf(path: string, object: BackfillObject): AsyncIterable<Line> {
  const stream = createReadStream(path, 'utf8');
  const lines = createInterface({ input: stream, crlfDelay: Number.POSITIVE_INFINITY });
  let [number, isFirst] = [0, true];
  try {
    for await (const line of lines) {
      number += 1;
      const text = cellOf(number === 1 ? line.replace(/^\uFEFF/, '') : line);
      if (text === '') continue;
      const id = toRecordId(object, text);
      const isHeader = isFirst && id === null && headerForm.test(text);
      isFirst = false;
      if (!isHeader) yield { number, id };
    }
  } catch (thrown) {
    if (!(thrown instanceof Error && 'code' in thrown && typeof thrown.code === 'string')) throw thrown;
    throw unreadableFile(path, thrown.code);
  } finally {
    stream.destroy();
  }
}

/** What stands before the first separator, without quotes. */
function cellOf(line: string): string {
  const [cell = ''] = line.split(/[,;\t]/, 1);
  return cell
    .trim()
    .replace(/^"(.*)"$/, '$1')
    .trim();
}

const advice = 'Give a text file with one id a line, or a table whose first column holds the ids.';

function whatToDo(object: BackfillObject): string {
  const form =
    objectNames[object].system === 'hubspot' ? 'a number, the record id of HubSpot' : '15 or 18 letters and digits';
  return `Correct or remove these lines: an id is ${form}. Nothing was started.`;
}

function faultyFile(): SyncError {
  return new SyncError('needs-human', 'id_file_faulty', 'Lines of the file hold no id.', { advice });
}

function emptyFile(path: string): SyncError {
  return new SyncError('needs-human', 'id_file_empty', `${path} holds no ids.`, { advice });
}

function unreadableFile(path: string, code: string): SyncError {
  return new SyncError('needs-human', 'id_file_unreadable', `${path} cannot be read (${code}).`, { advice });
}
