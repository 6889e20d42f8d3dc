/** What a connection is made of once its server has answered: in one piece, as one import loads it. */
export { Connection } from './connection.ts'
export { ReconnectingSession } from './driver/reconnecting.ts'
