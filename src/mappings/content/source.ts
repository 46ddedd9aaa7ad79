import type { ContentPlace, MappingSetting } from '../../domain/mapping-view/types.ts';
import type { MappingFiles, MappingName } from '../schema.ts';
import { type Path, placeOf, type YamlSource } from '../yaml-source.ts';

/** A file whose shape is right, with its text. */
export type Told<Name extends MappingName> = { source: YamlSource; file: MappingFiles[Name] };

/** Where a value stands; what is left out stands in no line. */
export function contentPlace(source: YamlSource, path: Path): ContentPlace {
  const line = source.document.hasIn(path) ? placeOf(source, path).line : null;
  return { file: source.file, line };
}

/** One sentence about a value of the file, under its name there. */
export function setting(source: YamlSource, path: Path, text: string): MappingSetting {
  return { key: path.join('.'), text, ...contentPlace(source, path) };
}

/** A value of a file as a person would write it. */
export function valueText(value: unknown): string {
  return value === null || value === '' ? 'empty' : String(value);
}
