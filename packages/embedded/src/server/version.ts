/** What the engine says it is: TDengine's library version, in `version` and `conn` replies and in `server_version()`. */
export const SERVER_VERSION = '3.3.7.5.alpha'

/** The three lines of `get_server_info`. */
export const SERVER_INFO = `ver:${SERVER_VERSION}\nbuild:Linux-x64 2026-11-21 15:29:58 +0000\ngitinfo:f06cf2299c59a211d419a0d79a8a2979e27995d0`
