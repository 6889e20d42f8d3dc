/** Conditions as a WHERE clause, or nothing. */
export const whereClause = (conditions: readonly string[]): string => (conditions.length > 0 ? ` WHERE ${conditions.join(' AND ')}` : '')
