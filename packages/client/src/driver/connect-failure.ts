import { ConnectionError } from '../errors.ts'
import type { Endpoint, Scheme } from '../options.ts'
import { UpgradeRefused } from './socket.ts'

/** The address as messages name it: no user, no token. */
export function addressOf(scheme: Scheme, { host, port }: Endpoint): string {
  return `${scheme}://${host.includes(':') ? `[${host}]` : host}:${port}`
}

const ENCRYPTED: Readonly<Partial<Record<Scheme, Scheme>>> = { ws: 'wss', http: 'https' }
const PLAIN: Readonly<Partial<Record<Scheme, Scheme>>> = { wss: 'ws', https: 'http' }

/** Certificates that `node:tls` does not trust, by the code of its error. */
const UNTRUSTED =
  /^(DEPTH_ZERO_SELF_SIGNED_CERT|SELF_SIGNED_CERT_IN_CHAIN|UNABLE_TO_VERIFY_LEAF_SIGNATURE|UNABLE_TO_GET_ISSUER_CERT(_LOCALLY)?|CERT_\w+|ERR_TLS_CERT_ALTNAME_INVALID|HOSTNAME_MISMATCH)$/

/** The error for a connection that could not be made, with what to do about it. */
export function connectFailure(scheme: Scheme, endpoint: Endpoint, cause: unknown, sent = false): ConnectionError {
  const where = addressOf(scheme, endpoint)
  if (cause instanceof UpgradeRefused) return refusedUpgrade(scheme, endpoint, cause)
  const code = codeOf(cause)
  const problem = describe(scheme, endpoint, code, cause)
  // Some platforms quote the whole URL, token and all.
  const shown = /token=/i.test(String((cause as Error | undefined)?.message)) ? {} : { cause }
  return new ConnectionError(`cannot connect to ${where}: ${problem}`, { ...shown, retryable: !UNTRUSTED.test(code), maybeExecuted: sent })
}

function describe(scheme: Scheme, endpoint: Endpoint, code: string, cause: unknown): string {
  if (code === 'ECONNREFUSED') return `nothing listens there (taosAdapter's port is 6041; \`npx taosts serve\` starts a local server)`
  if (code === 'ENOTFOUND' || code === 'EAI_AGAIN') {
    const inProcess = /^(embedded|memory)$/i.test(endpoint.host) ? "; the engine in this process is 'embedded:', with a colon" : ''
    return `the name ${endpoint.host} does not resolve${inProcess}`
  }
  if (code === 'ETIMEDOUT' || code === 'EHOSTUNREACH' || code === 'ENETUNREACH') return 'the host does not answer'
  if (UNTRUSTED.test(code)) return `its certificate is not trusted (${code}); give the authority's certificate as tls: { ca }`
  const text = cause instanceof Error ? cause.message : ''
  if (PLAIN[scheme] && (code === 'EPROTO' || code.startsWith('ERR_SSL') || /wrong version number|packet length too long/.test(text))) {
    return `the port does not speak TLS; if it is a plain server use ${PLAIN[scheme]}://`
  }
  if (code === 'ECONNRESET' || /socket hang up/.test(text)) {
    const other = ENCRYPTED[scheme]
    return `the server closed the connection at once${other ? `; if it expects TLS use ${other}://` : ''}`
  }
  if (code.startsWith('HPE_')) return 'what answers there does not speak HTTP'
  return text || String(cause)
}

function refusedUpgrade(scheme: Scheme, endpoint: Endpoint, { status, body }: UpgradeRefused): ConnectionError {
  const where = addressOf(scheme, endpoint)
  const details = { status, retryable: status >= 500 }
  return new ConnectionError(`cannot connect to ${where}: HTTP ${status}, ${hintOf(scheme, status, body)}`, details)
}

function hintOf(scheme: Scheme, status: number, body: string): string {
  if (status === 401 || status === 403) return 'the token was refused or is missing; check the option token (or TDENGINE_CLOUD_TOKEN)'
  if (status >= 300 && status < 400) return 'the server redirects; give the URL that it redirects to'
  if (status === 400 && /HTTPS? (server|port)|TLS/i.test(body)) return `the port expects TLS; use ${ENCRYPTED[scheme] ?? scheme}://`
  if (status >= 500) return 'a proxy or the server cannot serve now'
  const rest = scheme === 'wss' ? 'https' : 'http'
  return `it has no WebSocket for TDengine at /ws; if this is a REST-only address use ${rest}://`
}

/** Node's code of an error or of what caused it. */
export function codeOf(error: unknown): string {
  for (let each: unknown = error, depth = 0; typeof each === 'object' && each !== null && depth < 4; depth++) {
    const { code, cause } = each as { readonly code?: unknown; readonly cause?: unknown }
    if (typeof code === 'string') return code
    each = cause
  }
  return ''
}
