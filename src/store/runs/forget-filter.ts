/**
 * The options of a run that is over, as an expression: of a filter's expression only that there was one. What it compared with may be somebody's
 * email or number, in quotes, bare or in a comment; values live in two tables only [24].
 */
export const withoutExpression = `
case when options #>> '{filter,where}' is null then options else jsonb_set(options, '{filter,where}', '"(forgotten)"') end`;
