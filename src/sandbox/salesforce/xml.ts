/** An element without its namespace prefix; `text` is the character data directly in it. */
export type XmlElement = { name: string; attributes: Record<string, string>; children: XmlElement[]; text: string };

const TOKEN = /<\?[^>]*\?>|<!--[\s\S]*?-->|<\/([^\s>]+)\s*>|<([^\s/>]+)((?:\s+[^\s=]+="[^"]*")*)\s*(\/?)>|([^<]+)/g;
const ATTRIBUTE = /([^\s=]+)="([^"]*)"/g;
const ENTITIES: Readonly<Record<string, string>> = { lt: '<', gt: '>', quot: '"', apos: "'", amp: '&' };

function decode(text: string): string {
  return text.replace(/&(lt|gt|quot|apos|amp);/g, (_whole, name: string) => ENTITIES[name] ?? '');
}

function localName(name: string): string {
  return name.slice(name.indexOf(':') + 1);
}

/** Parses the small XML of SOAP messages: no DTD, no CDATA. Throws where tags do not match. */
export function parseXml(source: string): XmlElement {
  const root: XmlElement = { name: '', attributes: {}, children: [], text: '' };
  const stack = [root];
  for (const match of source.matchAll(TOKEN)) {
    const [, closed, opened, attributes = '', selfClosing, text] = match;
    const current = stack.at(-1);
    if (current === undefined) throw new Error('unbalanced XML');
    if (text !== undefined) current.text += decode(text);
    else if (closed !== undefined) {
      if (current.name !== localName(closed)) throw new Error(`unexpected </${closed}>`);
      stack.pop();
    } else if (opened !== undefined) {
      const element: XmlElement = { name: localName(opened), attributes: {}, children: [], text: '' };
      for (const [, name = '', value = ''] of attributes.matchAll(ATTRIBUTE))
        element.attributes[localName(name)] = decode(value);
      current.children.push(element);
      if (selfClosing !== '/') stack.push(element);
    }
  }
  const [top] = root.children;
  if (stack.length !== 1 || top === undefined) throw new Error('unbalanced XML');
  return top;
}

/** The first child of this name. */
export function child(element: XmlElement | undefined, name: string): XmlElement | undefined {
  return element?.children.find((item) => item.name === name);
}

export function childrenOf(element: XmlElement | undefined, name: string): XmlElement[] {
  return element?.children.filter((item) => item.name === name) ?? [];
}

/** The text of the first child of this name, trimmed; undefined where there is none. */
export function childText(element: XmlElement | undefined, name: string): string | undefined {
  return child(element, name)?.text.trim();
}

/** What can be written as XML: undefined is left out, an array repeats the element. */
export type XmlValue = string | number | boolean | undefined | XmlValue[] | { [name: string]: XmlValue };

function encode(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;');
}

/** `<name>...</name>`; keys that start with `@` become attributes. */
export function writeXml(name: string, value: XmlValue): string {
  if (value === undefined) return '';
  if (Array.isArray(value)) return value.map((item) => writeXml(name, item)).join('');
  if (typeof value !== 'object') return `<${name}>${encode(String(value))}</${name}>`;
  const entries = Object.entries(value);
  const attributes = entries
    .filter(([key]) => key.startsWith('@'))
    .map(([key, item]) => ` ${key.slice(1)}="${encode(String(item))}"`);
  const inner = entries.filter(([key]) => !key.startsWith('@')).map(([key, item]) => writeXml(key, item));
  return `<${name}${attributes.join('')}>${inner.join('')}</${name}>`;
}
