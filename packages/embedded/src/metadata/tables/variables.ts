import type { OutputColumn } from '../../session/answer.ts'
import type { MetadataContext, Row } from '../context.ts'
import { int, text } from '../output-columns.ts'
import type { SystemTable } from '../system-table.ts'

/** A configuration parameter: who reads it and whether it is one for the whole cluster. */
interface Variable {
  readonly name: string
  readonly value: string
  readonly scope: 'server' | 'client' | 'both'
  readonly category: 'global' | 'local'
}

type Setting = readonly [name: string, value: string | number]

function variables(scope: Variable['scope'], category: Variable['category'], settings: readonly Setting[]): Variable[] {
  return settings.map(([name, value]) => ({ name, value: String(value), scope, category }))
}

/** What a community server runs with where nothing is configured, as its documentation gives it. */
const VARIABLES: readonly Variable[] = [
  ...variables('both', 'global', [
    ['locale', 'en_US.UTF-8'],
    ['charset', 'UTF-8'],
    ['monitor', 0],
    ['monitorInterval', 30],
    ['enableCoreFile', 1],
    ['ttlChangeOnWrite', 0],
    ['maxSQLLength', 67108864],
    ['shellActivityTimer', 3],
    ['queryPolicy', 1],
    ['keepColumnName', 0],
    ['countAlwaysReturnValue', 1],
    ['compareAsStrInGreatest', 1],
  ]),
  ...variables('server', 'global', [
    ['statusInterval', 1],
    ['maxShellConns', 50000],
    ['numOfMnodeReadThreads', 1],
    ['numOfVnodeQueryThreads', 8],
    ['numOfVnodeFetchThreads', 4],
    ['numOfVnodeRsmaThreads', 4],
    ['numOfQnodeQueryThreads', 8],
    ['numOfSnodeSharedThreads', 2],
    ['numOfSnodeUniqueThreads', 2],
    ['numOfCommitThreads', 4],
    ['supportVnodes', 256],
    ['telemetryReporting', 0],
    ['telemetryInterval', 86400],
    ['telemetryServer', 'telemetry.tdengine.com'],
    ['telemetryPort', 80],
    ['crashReporting', 0],
    ['auditFW', 1],
    ['monitorMaxLogs', 100],
    ['monitorFqdn', ''],
    ['monitorPort', 6043],
    ['monitorComp', 0],
    ['monitorLogProtocol', 0],
    ['slowLogThreshold', 3],
    ['slowLogMaxLen', 4096],
    ['slowLogScope', 'QUERY'],
    ['queryBufferSize', -1],
    ['queryRspPolicy', 0],
    ['queryNoFetchTimeoutSec', 18000],
    ['queryUseMemoryPool', 1],
    ['mndSdbWriteDelta', 2000],
    ['mqRebalanceInterval', 2],
    ['ttlUnit', 86400],
    ['ttlPushInterval', 10],
    ['ttlBatchDropNum', 10000],
    ['ttlFlushThreshold', 100],
    ['trimVDbIntervalSec', 3600],
    ['compactPullupInterval', 10],
    ['transPullupInterval', 2],
    ['uptimeInterval', 300],
    ['timeseriesThreshold', 50],
    ['udf', 0],
    ['cacheLazyLoadThreshold', 500],
    ['tmqMaxTopicNum', 20],
    ['tmqRowSize', 4096],
    ['maxTsmaNum', 0],
    ['tmqProcessHandleTimeout', 10],
    ['minReservedMemorySize', 2048],
    ['singleQueryMaxMemorySize', 0],
    ['walFsyncDataSizeLimit', 100],
    ['walForceRepair', 0],
    ['syncElectInterval', 25000],
    ['syncHeartbeatInterval', 1000],
    ['syncHeartbeatTimeout', 20000],
    ['syncSnapReplMaxWaitN', 128],
    ['arbHeartBeatIntervalSec', 2],
    ['arbCheckSyncIntervalSec', 3],
    ['arbSetAssignedTimeoutSec', 14],
    ['rpcQueueMemoryAllowed', 214748364],
    ['ssEnabled', 0],
    ['ssUploadDelaySec', 60],
    ['ssPageCacheSize', 4096],
    ['enableWhiteList', 0],
    ['grantMode', 0],
    ['encryptAlgorithm', 'none'],
    ['encryptScope', ''],
  ]),
  ...variables('server', 'local', [
    ['firstEp', 'localhost:6030'],
    ['secondEp', 'localhost:6030'],
    ['fqdn', 'localhost'],
    ['serverPort', 6030],
    ['version', '3.3.7.5'],
    ['dataDir', ''],
    ['minimalDataDirGB', 2],
    ['simdEnable', 1],
    ['tagFilterCache', 0],
    ['diskIDCheckEnabled', 1],
    ['retentionSpeedLimitMB', 0],
  ]),
  ...variables('both', 'local', [
    ['configDir', ''],
    ['tempDir', '/tmp'],
    ['minimalTmpDirGB', 1],
    ['logDir', ''],
    ['minimalLogDirGB', 1],
    ['numOfLogLines', 10000000],
    ['asyncLog', 1],
    ['logKeepDays', 0],
    ['debugFlag', 131],
    ['compressMsgSize', -1],
    ['numOfRpcThreads', 1],
    ['numOfRpcSessions', 30000],
    ['timeToGetAvailableConn', 500000],
  ]),
  ...variables('client', 'local', [
    ['queryPlannerTrace', 0],
    ['queryNodeChunkSize', 32768],
    ['queryUseNodeAllocator', 1],
    ['smlChildTableName', ''],
    ['smlAutoChildTableNameDelimiter', ''],
    ['smlTagName', '_tag_null'],
    ['smlTsDefaultName', '_ts'],
    ['smlDot2Underline', 1],
    ['maxInsertBatchRows', 1000000],
    ['maxRetryWaitTime', 20000],
    ['useAdapter', 0],
    ['metaCacheMaxSize', -1],
    ['minSlidingTime', 10],
    ['minIntervalTime', 1],
    ['multiResultFunctionStarReturnTags', 0],
    ['maxTsmaCalcDelay', 600],
    ['tsmaDataDeleteMark', 86400000],
    ['bypassFlag', 0],
  ]),
]

/** The time zone is the server's own. */
function all({ server }: MetadataContext): readonly Variable[] {
  return [...variables('both', 'global', [['timezone', server.timezone]]), ...VARIABLES]
}

function row({ name, value, scope, category }: Variable): Row {
  return [name, value, scope, category, '']
}

export const configs: SystemTable = {
  name: 'ins_configs',
  columns: [text('name', 32), text('value', 64), text('scope', 8), text('category', 8), text('info', 64)],
  rows: (context) =>
    all(context)
      .filter(({ category }) => category === 'global')
      .map(row),
}

export const dnodeVariables: SystemTable = {
  name: 'ins_dnode_variables',
  columns: [int('dnode_id'), text('name', 32), text('value', 4096), text('scope', 8), text('category', 8), text('info', 64)],
  rows: (context) =>
    all(context)
      .filter(({ scope }) => scope !== 'client')
      .map((variable) => [1, ...row(variable)]),
}

/** SHOW LOCAL VARIABLES: what the client side of a connection goes by. It has no system table. */
export const LOCAL_VARIABLES: readonly OutputColumn[] = [
  text('name', 30),
  text('value', 4094),
  text('scope', 6),
  text('category', 6),
  text('info', 62),
]

export function localVariableRows(context: MetadataContext): Row[] {
  return all(context)
    .filter(({ scope }) => scope !== 'server')
    .map(row)
}
