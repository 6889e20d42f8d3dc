import { encodeBind, encodeBindRequest, encodeFetchRequest, encodeSqlRequest, TypeCode } from 'taosts/wire'
import { serve } from 'taosts-embedded'
import { WebSocket } from 'ws'

const s = await serve({ port: 0 })
const session = s.engine.session()
await session.execute('create database d keep 36500')
await session.execute('use d')
await session.execute('create stable meters (ts timestamp, current float, voltage int, phase float) tags (g int)')
const ws = new WebSocket(s.url + '/ws', { perMessageDeflate: false, skipUTF8Validation: true })
await new Promise((r) => ws.on('open', r))
const next = () => new Promise<Buffer>((r) => ws.once('message', (d: Buffer) => r(d)))
const ask = async (m: string | Uint8Array) => {
  ws.send(m)
  const d = await next()
  return d[0] === 123 ? JSON.parse(d.toString()) : d
}
await ask(JSON.stringify({ action: 'conn', args: { req_id: 1, user: 'root', password: 'taosdata', db: 'd' } }))
await ask('{"action":"stmt2_init","args":{"req_id":2}}')
await ask(
  '{"action":"stmt2_prepare","args":{"req_id":3,"stmt_id":1,"sql":"insert into ? using meters tags(?) values(?,?,?,?)","get_fields":true}}',
)
const f = (type: number, bytes: number) => ({ type: type as never, precision: 'ms' as const, bytes })
const shape = { tags: [f(TypeCode.INT, 4)], columns: [f(9, 8), f(6, 4), f(4, 4), f(6, 4)], names: true }
const TABLES = 100,
  ROWS = 1000
function payload(base: number) {
  return encodeBind(
    shape,
    Array.from({ length: TABLES }, (_, t) => ({
      name: `t${t}`,
      tags: [{ values: [t] }],
      rows: ROWS,
      columns: [
        { values: BigInt64Array.from({ length: ROWS }, (_, i) => BigInt(base + i)) },
        { values: new Float32Array(ROWS).fill(1.5) },
        { values: new Int32Array(ROWS).fill(220) },
        { values: new Float32Array(ROWS).fill(0.3) },
      ],
    })),
  ).slice()
}
const payloads = Array.from({ length: 60 }, (_, i) => encodeBindRequest(10n, 1n, payload(1700000000000 + i * ROWS)))
for (const p of payloads) {
  const t = performance.now()
  const c = process.cpuUsage()
  const a = await ask(p)
  const t2 = performance.now()
  const b = await ask('{"action":"stmt2_exec","args":{"req_id":4,"stmt_id":1}}')
  const u = process.cpuUsage(c)
  console.log(
    a.code,
    b.affected,
    'bind',
    (t2 - t).toFixed(1),
    'exec',
    (performance.now() - t2).toFixed(1),
    'cpu',
    (u.user + u.system) / 1000,
    `${((TABLES * ROWS) / (performance.now() - t) / 1000).toFixed(2)} M rows/s`,
  )
}
// point query
const sql = 'select current from t5 where ts = 1700000000500'
const lat: number[] = [],
  inp: number[] = []
for (let i = 0; i < 300; i++) {
  let t = performance.now()
  const r = await ask(encodeSqlRequest(BigInt(i + 100), sql))
  await ask(encodeFetchRequest(5n, BigInt(r.id)))
  await ask(encodeFetchRequest(6n, BigInt(r.id)))
  lat.push(performance.now() - t)
  t = performance.now()
  const a = await session.execute(sql)
  if (a.kind === 'rows') {
    while (await a.next());
    await a.close()
  }
  inp.push(performance.now() - t)
}
const p50 = (x: number[]) => x.sort((a, b) => a - b)[x.length >> 1]!.toFixed(2)
console.log('p50 ws', p50(lat), 'in-process', p50(inp))
await s.close()
