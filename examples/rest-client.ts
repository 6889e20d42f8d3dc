import { RestClient } from 'taosts'

// RestClient is REST itself: one method, the server's whole JSON answer.
const url = process.env['TDENGINE_CLOUD_URL'] ?? process.env['TAOS_URL'] ?? 'http://localhost:6041'
const token = process.env['TDENGINE_CLOUD_TOKEN']
const client = new RestClient(url, token === undefined ? {} : { token })

const answer = await client.sql('SELECT ts, current FROM power.meters LIMIT 2', { reqId: 1n })
console.log('code:', answer.code)
console.log('column_meta:', answer.column_meta)
console.log('rows:', answer.rows)
for (const row of answer.data) console.log('row:', row)

// Times as the server writes them:
const text = new RestClient(url, { ...(token === undefined ? {} : { token }), convertTimestamp: false })
console.log('text:', (await text.sql('SELECT first(ts) FROM power.meters')).data[0])
