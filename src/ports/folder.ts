/** A folder of text files that a command reads and writes: the HubSpot app, an export for an admin. Paths are relative, with `/`. */
export type FolderPort = {
  /** What the folder is called in messages. */
  name: string;
  /** @returns the file's text; null when there is no such file */
  read(path: string): Promise<string | null>;
  /** Writes the file, making its folders where they are missing. */
  write(path: string, text: string): Promise<void>;
};
