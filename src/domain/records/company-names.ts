/** Words that tell the legal form of a company, without dots and accents. */
const legalForms: ReadonlySet<string> = new Set(
  (
    'ab ag aps as asa bhd bv bvba co company corp corporation cv doo eg ek ev eurl gbr ges gesellschaft gesmbh gmbh group holding holdings ' +
    'inc incorporated kft kg kgaa kk lda limited llc llp lp ltd ltda mbh nv oe og ohg oy oyj plc pte pty pvt sa sae sarl sas sasu se sl slu ' +
    'snc sp spa spol srl sro the ug und and u zoo'
  ).split(' '),
);

/** The words of a company's name: without case, accents, punctuation and legal forms; all words where nothing else is left. */
function wordsOf(name: string): readonly string[] {
  const plain = name.normalize('NFKD').replaceAll(/\p{M}/gu, '').toLowerCase().replaceAll('ß', 'ss');
  // A.G. and S.p.A. are one word each.
  const joined = plain.replaceAll(/\b(?:\p{L}\.){2,}\p{L}?(?!\p{L})/gu, (dotted) => dotted.replaceAll('.', ''));
  const words = joined.replaceAll(/['’]/g, '').match(/[\p{L}\p{N}]+/gu) ?? [];
  const telling = words.filter((word) => !legalForms.has(word));
  return telling.length > 0 ? telling : words;
}

/**
 * Whether two names can be of one company: the same words, or one has all words of the other. A missing name contradicts nothing.
 */
export function namesFit(one: string | null | undefined, other: string | null | undefined): boolean {
  const first = wordsOf(one ?? '');
  const second = wordsOf(other ?? '');
  if (first.length === 0 || second.length === 0) return true;
  if (first.join('') === second.join('')) return true;
  const [few, many] = first.length <= second.length ? [first, new Set(second)] : [second, new Set(first)];
  return few.every((word) => many.has(word));
}
