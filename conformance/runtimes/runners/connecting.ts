import { type ConnectOptions, connect } from 'taosts'
import type { SpecOutcome } from '../../specs/run-specs.ts'

/** Ports of localhost, and what is there: the engine, the engine behind TLS, HTTP 401 to everything, silence, nothing. */
export interface Peers {
  readonly server: number
  readonly tls: number
  /** The certificate of `tls`, which nobody trusts. */
  readonly ca: string
  readonly refusing: number
  readonly silent: number
  readonly nothing: number
}

/** A connection to make, and how it must end: 'connects', or the error that a user reads. */
interface Attempt {
  readonly name: string
  options(peers: Peers, plain: string, encrypted: string): ConnectOptions
  readonly ends: string | RegExp
  /** How it ends where the platform hides why: in a page and in a worker. */
  readonly hidden?: string | RegExp | Readonly<Record<string, string | RegExp>>
}

const UNABLE =
  /^ConnectionError: cannot connect to \w+:\/\/localhost:\d+: |^ConnectionError: \w+:\/\/localhost:\d+ gave no answer that this platform lets through/

const ATTEMPTS: readonly Attempt[] = [
  { name: 'the server', options: ({ server }, plain) => ({ url: `${plain}://localhost:${server}` }), ends: 'connects' },
  {
    name: 'a wrong password',
    options: ({ server }, plain) => ({ url: `${plain}://root:wrong@localhost:${server}` }),
    ends: /^ConnectionError: \[0x0357\]: Authentication failure$/,
  },
  {
    name: 'a port where nothing listens',
    options: ({ nothing }, plain) => ({ url: `${plain}://localhost:${nothing}` }),
    ends: /^ConnectionError: cannot connect to \w+:\/\/localhost:\d+: nothing listens there/,
    hidden: UNABLE,
  },
  {
    name: 'a name that does not resolve',
    options: (_, plain) => ({ url: `${plain}://no-such-host.invalid:6041` }),
    ends: /^ConnectionError: cannot connect to \w+:\/\/no-such-host.invalid:6041: the name no-such-host.invalid does not resolve$/,
    hidden: /^ConnectionError: (cannot connect to )?\w+:\/\/no-such-host.invalid:6041/,
  },
  {
    name: 'a server that refuses',
    options: ({ refusing }, plain) => ({ url: `${plain}://localhost:${refusing}` }),
    ends: /^ConnectionError: .*HTTP 401/,
    hidden: { ws: UNABLE, http: /^ConnectionError: .*HTTP 401/ },
  },
  {
    name: 'a server that does not answer',
    options: ({ silent }, plain) => ({ url: `${plain}://localhost:${silent}`, connectTimeout: 1 }),
    ends: /^TimeoutError: cannot connect to \w+:\/\/localhost:\d+: no answer within 1 s/,
  },
  {
    name: 'TLS by a given certificate',
    options: ({ tls, ca }, _, encrypted) => ({ url: `${encrypted}://localhost:${tls}`, tls: { ca } }),
    ends: 'connects',
    hidden: /^NotSupportedError: tls cannot be given/,
  },
  {
    name: 'TLS that is not trusted',
    options: ({ tls }, _, encrypted) => ({ url: `${encrypted}://localhost:${tls}` }),
    ends: /^ConnectionError: .*its certificate is not trusted \(DEPTH_ZERO_SELF_SIGNED_CERT\)/,
    hidden: UNABLE,
  },
  {
    name: 'TLS to a plain port',
    options: ({ server }, _, encrypted) => ({ url: `${encrypted}://localhost:${server}` }),
    ends: /^ConnectionError: .*the port does not speak TLS/,
    hidden: UNABLE,
  },
  {
    name: 'a plain connection to a port of TLS',
    options: ({ tls }, plain) => ({ url: `${plain}://localhost:${tls}` }),
    ends: /^ConnectionError: .*if it expects TLS,? use (wss|https):/,
    hidden: UNABLE,
  },
  {
    name: 'headers of one’s own',
    options: ({ server }, plain) => ({ url: `${plain}://localhost:${server}`, headers: { 'x-taosts': 'yes' } }),
    ends: 'connects',
    // A page may send only the headers that the server allows, a worker any.
    hidden: { ws: /^NotSupportedError: headers cannot be given/, http: /^connects$|gave no answer that this platform lets through/ },
  },
]

/** Makes every connection, good and bad, over WebSocket and REST. `hiding` where the platform does not say why a connection fails. */
export async function connectEverywhere(peers: Peers, hiding: boolean): Promise<SpecOutcome[]> {
  const outcomes: SpecOutcome[] = []
  for (const [plain, encrypted] of [['ws', 'wss'] as const, ['http', 'https'] as const]) {
    for (const { name, options, ends, hidden } of ATTEMPTS) {
      const other = hidden === undefined || typeof hidden === 'string' || hidden instanceof RegExp ? hidden : hidden[plain]
      const want = (hiding ? other : undefined) ?? ends
      const got = await endOf(options(peers, plain, encrypted))
      const right = typeof want === 'string' ? got === want : want.test(got)
      outcomes.push({ group: plain, name, outcome: right ? 'passed' : 'failed', ...(right ? {} : { error: `${got}, want ${want}` }) })
    }
  }
  return outcomes
}

async function endOf(options: ConnectOptions): Promise<string> {
  try {
    const connection = await connect(options)
    try {
      for await (const _ of await connection.query('SELECT 1')) return 'connects'
      return 'no row'
    } finally {
      await connection.close()
    }
  } catch (error) {
    return error instanceof Error ? `${error.name}: ${error.message}` : String(error)
  }
}
