import { tableToIPC } from 'apache-arrow'
import { desc, fromArrow, op } from 'arquero'
import { meters } from './meters.ts'

// A result as a table of Arquero, in Node as in a browser.
await using connection = await meters('arquero_example')
const table = fromArrow(tableToIPC(await (await connection.query('SELECT ts, current, location FROM meters')).toArrow(), 'file'))
const highest = table.groupby('location').rollup({ highest: op.max('current'), readings: op.count() })
for (const row of highest.orderby(desc('highest')).objects()) console.log(row)
