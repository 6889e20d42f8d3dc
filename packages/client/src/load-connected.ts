import { loadOnce } from './load-once.ts'

/**
 * Loads what a connection is made of. An import that is done already is still resolved anew: where loaders are registered, by a talk with their
 * thread, which is too slow for every connect.
 */
export const loadConnected = loadOnce(() => import('./connected.ts'))
