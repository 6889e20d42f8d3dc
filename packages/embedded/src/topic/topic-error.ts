import { SqlError } from '../errors.ts'

/** What consumers are refused, by TDengine's numbers and in its words. */
export const tmqError = {
  noTopic: () => new SqlError(0x03e1, 'Topic not exist'),
  noConsumer: () => new SqlError(0x03e6, 'Consumer not exist'),
  notReady: () => new SqlError(0x03ea, 'Consumer not ready'),
  outOfRange: () => new SqlError(0x4007, 'Offset out of range'),
  foreignVgroup: () => new SqlError(0x4008, 'VgId does not belong to this consumer'),
  foreignTopic: () => new SqlError(0x4009, 'Topic does not belong to this consumer'),
  noCommitted: () => new SqlError(0x4011, 'No committed offset info'),
  replayOfVgroups: () => new SqlError(0x4013, 'Replay need only one vgroup if subscribe super table'),
  noReplay: () => new SqlError(0x4014, 'Replay is disabled if subscribe db or stable'),
  denied: () => new SqlError(0x0303, 'Insufficient privilege for operation'),
} as const
