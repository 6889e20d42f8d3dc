/** The version of this package. */
export const VERSION = '0.1.0'

/** Name and version of this client, as `SHOW CONNECTIONS` lists it. */
export const clientInfo = `taosts ${VERSION}`
