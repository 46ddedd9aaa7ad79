const extensionShape = /(?:;\s*ext(?:ension)?\s*=|\bext(?:ension|n)?\b\.?\s*:?|x|#)\s*(\d{1,8})$/i;
/** Digits and what people put between them; anything else is a text, such as "ask at the desk". */
const numberShape = /^[+\d][\d\s()./\-\u2010-\u2015]*$|^\([\d\s()./\-\u2010-\u2015]*$/;

/**
 * A phone number as its digits: `+` or `00` in front told as `+`, an extension kept behind an `x`. Nothing is guessed: a number without
 * the prefix of its country differs from one that has it.
 * @returns null for what is no phone number
 */
export function phoneOf(text: string): string | null {
  const extension = extensionShape.exec(text);
  const main = (extension === null ? text : text.slice(0, extension.index)).trim();
  if (!numberShape.test(main)) return null;
  const hasPlus = main.startsWith('+');
  // +43 (0)316: the zero is only dialled within the country.
  const digits = (hasPlus ? main.replace('(0)', '') : main).replaceAll(/\D/g, '');
  const hasZeros = !hasPlus && digits.startsWith('00');
  const number = hasZeros ? digits.slice(2) : digits;
  if (number === '') return null;
  const suffix = extension === null ? '' : `x${extension[1]}`;
  return `${hasPlus || hasZeros ? '+' : ''}${number}${suffix}`;
}
