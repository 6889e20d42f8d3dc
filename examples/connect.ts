import { connect, isTaosError } from 'taosts'

// TDengine Cloud: put TDENGINE_CLOUD_URL and TDENGINE_CLOUD_TOKEN into .env and run `node --env-file=.env connect.ts`.
// A server of your own: TAOS_URL=ws://root:taosdata@localhost:6041. Nothing installed: TAOS_URL=embedded:
const url = process.env['TDENGINE_CLOUD_URL']
const token = process.env['TDENGINE_CLOUD_TOKEN']

try {
  if (url !== undefined && token !== undefined) {
    // REST with a token, as Cloud's console shows it.
    await using rest = await connect({ url, token })
    console.log('REST with a token, server', rest.serverInfo)

    // The same token over WebSocket, where everything works: binding, schemaless writing, subscription.
    const webSocketUrl = `${url.replace(/^http/, 'ws')}?token=${encodeURIComponent(token)}`
    await using webSocket = await connect(webSocketUrl)
    console.log('WebSocket with a token, server', webSocket.serverInfo)
  } else {
    // By user and password; without a URL it is TAOS_URL, then ws://localhost:6041.
    await using connection = await connect({ user: 'root', password: process.env['TAOS_PASSWORD'] ?? 'taosdata' })
    console.log('User and password, server', connection.serverInfo)
  }
} catch (error) {
  if (!isTaosError(error)) throw error
  console.error(`${error.name}: ${error.message}`)
  process.exitCode = 1
}
