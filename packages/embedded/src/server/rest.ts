import { influxWrite } from './influx.ts'
import { opentsdbJson, opentsdbTelnet } from './opentsdb.ts'
import { login } from './rest-login.ts'
import { sql, vgroupIds } from './rest-sql.ts'
import { upload } from './rest-upload.ts'
import { Routes } from './routes.ts'

/** The HTTP paths: a new one is a new line here. */
export const REST: Routes = new Routes()
  .add('POST', '/rest/sql', sql)
  .add('POST', '/rest/sql/:database', sql)
  .add('POST', '/rest/sql/:database/vgid', vgroupIds)
  .add('GET', '/rest/login/:user/:password', login)
  .add('POST', '/rest/upload', upload)
  .add('POST', '/influxdb/v1/write', influxWrite)
  .add('POST', '/opentsdb/v1/put/json/:database', opentsdbJson)
  .add('POST', '/opentsdb/v1/put/telnet/:database', opentsdbTelnet)
  .add('GET', '/-/ping', (_server, answer) => answer.empty(200))
  .add('GET', '/metrics', (server, answer) => answer.text(200, server.metrics.format(), 'text/plain; version=0.0.4; charset=utf-8'))
