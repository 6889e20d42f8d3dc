/** Columns with the time and value of the row before that has a value; `over` is the partition and its order. */
function before(x: string, ts: string, over: string): { alias: string; sql: string }[] {
  const known = (sql: string) =>
    `last_value(CASE WHEN ${x} IS NOT NULL THEN ${sql} END IGNORE NULLS) OVER (${over} ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING)`
  return [
    { alias: 'tpt', sql: known(ts) },
    { alias: 'tpv', sql: known(x) },
  ]
}

/** TWA without windows: each value and the one before it span an area. */
export function twaOf(x: string, ts: string, over: string) {
  const some = `FILTER (WHERE ${x} IS NOT NULL)`
  const width = `(max(${ts}) ${some} - min(${ts}) ${some})`
  const area = `sum(td_area(tpv, tpt, ${x}, ${ts})) FILTER (WHERE ${x} IS NOT NULL AND tpt IS NOT NULL)`
  return { columns: before(x, ts, over), sql: `CASE WHEN ${width} = 0 THEN min(${x}) ELSE ${area} / ${width} END` }
}

/**
 * TWA in windows. Where no row stands on a window's first or last tick and there is a row before or after the window, the value at that tick lies on the
 * line between the two rows around it; TDengine takes a NULL there for 0. Between its ends the window's own values count, NULLs left out.
 */
export function twaAcross(x: string, ts: string, span: { readonly first: string; readonly last: string; readonly over: string }) {
  const { first, last, over } = span
  const value = `coalesce(${x}, 0)`
  const columns = [
    { alias: 'tlt', sql: `lag(${ts}) OVER (${over})` },
    { alias: 'tlv', sql: `lag(${value}) OVER (${over})` },
    { alias: 'tnt', sql: `lead(${ts}) OVER (${over})` },
    { alias: 'tnv', sql: `lead(${value}) OVER (${over})` },
    ...before(x, ts, over),
  ]
  const some = `FILTER (WHERE ${x} IS NOT NULL)`
  const [start, end] = [`min(${first})`, `max(${last})`]
  const atStart = `arg_min_null(CASE WHEN ${ts} > ${first} THEN tlv + (${value} - tlv) * (${first} - tlt) / CAST(${ts} - tlt AS DOUBLE) END, ${ts})`
  const atEnd = `arg_max_null(CASE WHEN ${ts} < ${last} THEN ${value} + (tnv - ${value}) * (${last} - ${ts}) / CAST(tnt - ${ts} AS DOUBLE) END, ${ts})`
  const [oldest, newest] = [`min(${ts}) ${some}`, `max(${ts}) ${some}`]
  const inner = `coalesce(sum(td_area(tpv, tpt, ${x}, ${ts})) FILTER (WHERE ${x} IS NOT NULL AND tpt >= ${first}), 0)`
  const head = `coalesce(td_area(${atStart}, ${start}, arg_min(${x}, ${ts}), ${oldest}), 0)`
  const tail = `coalesce(td_area(arg_max(${x}, ${ts}), ${newest}, ${atEnd}, ${end}), 0)`
  const width = `(CASE WHEN ${atEnd} IS NULL THEN ${newest} ELSE ${end} END - CASE WHEN ${atStart} IS NULL THEN ${oldest} ELSE ${start} END)`
  return { columns, sql: `CASE WHEN ${width} = 0 THEN min(${x}) ELSE (${head} + ${inner} + ${tail}) / ${width} END` }
}
