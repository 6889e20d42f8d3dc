/** The waist of taosts, exported for taosts-native and other drivers, without a promise of stability. */
export type { ErrorKind } from '../codes.ts'
export * from '../errors.ts'
export type { Config } from '../options.ts'
export type * from './driver.ts'
export type * from './socket.ts'
export type { Assignment, OpenTmq, PolledMessage, TmqTransport } from './tmq.ts'
