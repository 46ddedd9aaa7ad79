import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import type { FolderPort } from '../ports/folder.ts';

/** A folder on disk, made when the first file is written. */
export function openFolder(path: string): FolderPort {
  return {
    name: path,
    async read(file) {
      try {
        return await readFile(resolve(path, file), 'utf8');
      } catch (thrown) {
        if (thrown instanceof Error && 'code' in thrown && thrown.code === 'ENOENT') return null;
        throw thrown;
      }
    },
    async write(file, text) {
      const target = resolve(path, file);
      await mkdir(dirname(target), { recursive: true });
      await writeFile(target, text);
    },
  };
}
