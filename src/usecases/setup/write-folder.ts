import type { FolderPort } from '../../ports/folder.ts';
import type { FolderFiles } from './hubspot-app.ts';

export type FileOutcome = { path: string; outcome: 'unchanged' | 'written' };

/** Writes the files that differ; files that are not ours stay. */
export async function writeFolder(folder: FolderPort, files: FolderFiles): Promise<readonly FileOutcome[]> {
  const outcomes: FileOutcome[] = [];
  for (const [path, text] of files) {
    const isSame = (await folder.read(path)) === text;
    if (!isSame) await folder.write(path, text);
    outcomes.push({ path, outcome: isSame ? 'unchanged' : 'written' });
  }
  return outcomes;
}
