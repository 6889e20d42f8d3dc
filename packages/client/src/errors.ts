import { codeInfo, type ErrorKind, formatCode, hintOf } from './codes.ts'

/** What an error carries besides its reason; what is absent is not known. */
export interface ErrorDetails {
  /** TDengine's number; only its low 16 bits are kept. 0, the default, says that the client found the error. */
  readonly code?: number
  /** HTTP status of the answer that carried the error. */
  readonly status?: number
  /** The statement; only its start is kept, without passwords. */
  readonly sql?: string
  /** Where in the statement the culprit starts (UTF-16 units). */
  readonly position?: number
  readonly reqId?: bigint | number
  readonly cause?: unknown
  readonly retryable?: boolean
  /** The server may have run the statement, although no answer came. */
  readonly maybeExecuted?: boolean
}

const BRAND = Symbol.for('taosts.TaosError')

/** Characters of the statement that an error keeps. */
const SQL_EXCERPT = 1000

/**
 * Any error of this library. `message` reads `[0x2600]: syntax error near "123"` where the server gave a number and is the bare
 * reason where it did not.
 */
export class TaosError extends Error {
  /** The low 16 bits of TDengine's number, such as 9728 (0x2600), on every driver; 0 for errors that the client found. */
  readonly code: number
  /** The code's meaning, such as `SYNTAX_ERROR`; `CLIENT` for errors that the client found. */
  readonly codeName: string
  /** The bare text, without the number. */
  readonly reason: string
  /** The same call may succeed when it is made again. */
  readonly retryable: boolean
  /** What to do about it, where the words do not say. */
  declare readonly hint?: string
  /** HTTP status of the answer that carried the error. */
  declare readonly status?: number
  /** The start of the statement, with passwords masked. */
  declare readonly sql?: string
  /** Where in the statement the culprit starts (UTF-16 units), where known. */
  declare readonly position?: number
  /** The request's id, as the server logs it. */
  declare readonly reqId?: bigint
  /** True where the server may have run the statement although no answer came. */
  declare readonly maybeExecuted?: boolean

  constructor(reason: string, details: ErrorDetails = {}) {
    const code = (details.code ?? 0) & 0xffff
    const text = maskPasswords(withoutPasswords(reason, details.sql))
    super(code === 0 ? text : `[${formatCode(code)}]: ${text}`, details.cause === undefined ? undefined : { cause: details.cause })
    this.code = code
    const info = code === 0 ? undefined : codeInfo(code)
    this.codeName = info?.name ?? 'CLIENT'
    this.reason = text
    this.retryable = details.retryable ?? info?.retryable ?? false
    const hint = hintOf(code)
    if (hint !== undefined) this.hint = hint
    if (details.status !== undefined) this.status = details.status
    if (details.sql !== undefined) {
      this.sql = excerpt(details.sql)
      const position = details.position ?? positionOf(reason, details.sql)
      if (position !== undefined) this.position = position
    }
    if (details.reqId !== undefined) this.reqId = BigInt(details.reqId)
    if (details.maybeExecuted) this.maybeExecuted = true
  }

  static {
    named(TaosError, 'TaosError')
    Object.defineProperty(TaosError.prototype, BRAND, { value: true })
  }
}

/** The library was used wrongly: an option, an argument, a closed connection, a result read twice. */
export class InterfaceError extends TaosError {
  static {
    named(InterfaceError, 'InterfaceError')
  }
}

/** The server, or the way to it, refused. */
export class DatabaseError extends TaosError {
  static {
    named(DatabaseError, 'DatabaseError')
  }
}

/** Nothing wrong with the statement: the server or the network could not do it now. */
export class OperationalError extends DatabaseError {
  static {
    named(OperationalError, 'OperationalError')
  }
}

/** The connection could not be made, was refused or was lost. */
export class ConnectionError extends OperationalError {
  static {
    named(ConnectionError, 'ConnectionError')
  }
}

/** A deadline passed. */
export class TimeoutError extends OperationalError {
  static {
    named(TimeoutError, 'TimeoutError')
  }
}

/** The statement is wrong: its syntax, its names, its rights. */
export class ProgrammingError extends DatabaseError {
  static {
    named(ProgrammingError, 'ProgrammingError')
  }
}

/** A prepared statement or a value bound to it is wrong. */
export class StatementError extends ProgrammingError {
  static {
    named(StatementError, 'StatementError')
  }
}

/** Schemaless lines were refused; `affectedRows` of them may have been written. */
export class SchemalessError extends ProgrammingError {
  /** Rows written before the error, where the server says. */
  readonly affectedRows: number

  constructor(reason: string, details: ErrorDetails & { readonly affectedRows?: number } = {}) {
    super(reason, details)
    this.affectedRows = details.affectedRows ?? 0
  }

  static {
    named(SchemalessError, 'SchemalessError')
  }
}

/** A subscription failed. */
export class TmqError extends ProgrammingError {
  static {
    named(TmqError, 'TmqError')
  }
}

/** A value does not fit: out of range, too long, malformed, or not representable as asked. */
export class DataError extends DatabaseError {
  /** The row whose value it is, counted from 0, where the client found it. */
  declare readonly row?: number
  /** Its column, where the client found it. */
  declare readonly column?: string

  constructor(reason: string, details: ErrorDetails & { readonly row?: number | undefined; readonly column?: string | undefined } = {}) {
    super(reason, details)
    if (details.row !== undefined) this.row = details.row
    if (details.column !== undefined) this.column = details.column
  }

  static {
    named(DataError, 'DataError')
  }
}

/** The server or the client broke its own protocol. */
export class InternalError extends DatabaseError {
  static {
    named(InternalError, 'InternalError')
  }
}

/** The statement would break a rule that the schema sets. */
export class IntegrityError extends DatabaseError {
  static {
    named(IntegrityError, 'IntegrityError')
  }
}

/** This connection, or TDengine, has no such feature; the message names what has. */
export class NotSupportedError extends DatabaseError {
  static {
    named(NotSupportedError, 'NotSupportedError')
  }
}

/** Whether `error` is an error of this library, even of another copy of it. */
export function isTaosError(error: unknown): error is TaosError {
  return typeof error === 'object' && error !== null && BRAND in error
}

/** The error for a number that the server gave, of the class that fits it; `kind` overrides the class. */
export function errorOfCode(code: number, reason: string, details: ErrorDetails = {}, kind?: ErrorKind): TaosError {
  const low = code & 0xffff
  const ErrorClass = classOf(kind ?? codeInfo(low).kind)
  return new ErrorClass(reason, { ...details, code: low })
}

function classOf(kind: ErrorKind): new (reason: string, details: ErrorDetails) => TaosError {
  switch (kind) {
    case 'operational':
      return OperationalError
    case 'connection':
      return ConnectionError
    case 'timeout':
      return TimeoutError
    case 'programming':
      return ProgrammingError
    case 'data':
      return DataError
    case 'integrity':
      return IntegrityError
    case 'internal':
      return InternalError
    case 'notSupported':
      return NotSupportedError
    case 'statement':
      return StatementError
    case 'schemaless':
      return SchemalessError
    case 'tmq':
      return TmqError
    case 'database':
      return DatabaseError
  }
}

/**
 * Gives an error the stack of the asynchronous function that calls this and of those that await it, so that the application's own line is among
 * the few that a stack shows. Other errors, and engines that cannot, keep the stack they have.
 */
export function relocate(error: unknown): unknown {
  if (isTaosError(error)) Error.captureStackTrace?.(error, relocate)
  return error
}

/** Sets the class's name where every instance finds it, so that it is no property of its own and survives minifiers. */
function named(errorClass: { readonly prototype: object }, name: string): void {
  Object.defineProperty(errorClass.prototype, 'name', { value: name, configurable: true, writable: true })
}

function excerpt(sql: string): string {
  const masked = maskPasswords(sql)
  return masked.length > SQL_EXCERPT ? `${masked.slice(0, SQL_EXCERPT)}…` : masked
}

const PASSWORD = /\b(PASS\s+)('(?:[^'\\]|\\.|'')*'?|"(?:[^"\\]|\\.|"")*"?)/gi

/** A server that cannot read a statement may repeat its password alone, or the statement from within the password on. */
function withoutPasswords(reason: string, sql: string | undefined): string {
  if (sql === undefined || !/\bPASS\s/i.test(sql)) return reason
  let text = reason
  for (const [, , literal] of sql.matchAll(PASSWORD)) {
    const password = literal!.slice(1, literal!.endsWith(literal![0]!) && literal!.length > 1 ? -1 : undefined)
    if (password.length > 2) text = text.replaceAll(password, '***')
  }
  return text
}

/** Passwords of CREATE USER and ALTER USER (`PASS '…'`), and a token in a URL, never leave in an error. */
export function maskPasswords(text: string): string {
  return text.replace(PASSWORD, "$1'***'").replace(/([?&](?:bearer_)?token=)[^&\s"']+/gi, '$1***')
}

/** TDengine quotes the rest of the statement, from the culprit on, after `near`; where that is unmistakable it gives the position. */
function positionOf(reason: string, sql: string): number | undefined {
  const near = /near (["'])([\s\S]+)\1/.exec(reason)?.[2]
  if (!near) return undefined
  if (sql.endsWith(near)) return sql.length - near.length
  const first = sql.indexOf(near)
  return first >= 0 && sql.indexOf(near, first + 1) < 0 ? first : undefined
}
