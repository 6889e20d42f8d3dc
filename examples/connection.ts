import { connect } from 'taosts'
import { CREATE_METERS, INSERT_METERS } from './power.ts'

interface Reading {
  ts: Date
  current: number
}

// Times as Dates, also from a database of microseconds or nanoseconds, whose times are bigints otherwise.
await using connection = await connect({ timestamp: 'date' })

console.log('created:', await connection.execute(CREATE_METERS)) // 0
console.log('inserted rows:', await connection.execute(INSERT_METERS)) // 8

const result = await connection.query<Reading>('SELECT ts, current FROM power.meters LIMIT 2')
console.log('fields:', result.fields)
for await (const row of result) console.log('row:', row.ts.toISOString(), row.current)
console.log('row count:', result.rowCount) // 2

// Everything at once: rows as objects, or `.values()` for arrays, `.columns()` for typed arrays.
const again = await connection.query<Reading>('SELECT ts, current FROM power.meters LIMIT 2')
console.log('data:', await again.values())
