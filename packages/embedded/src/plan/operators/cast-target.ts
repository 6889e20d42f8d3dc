import type { SqlType } from '../../catalog/model.ts'
import { SqlError } from '../../errors.ts'
import type { Span, TypeName } from '../../sql/ast.ts'
import {
  BIGINT,
  BOOL,
  blob,
  DOUBLE,
  decimal,
  FLOAT,
  geometry,
  INT,
  JSON_TAG,
  nchar,
  SMALLINT,
  TIMESTAMP,
  TINYINT,
  UBIGINT,
  UINT,
  USMALLINT,
  UTINYINT,
  varbinary,
  varchar,
} from '../functions/types.ts'

/** Lengths of a CAST's target when none is written. */
const LONGEST = 65517
const LONGEST_NCHAR = 16379

/** The type that CAST(… AS type) gives. */
export function castTarget(name: TypeName, near?: Span): SqlType {
  switch (name.name) {
    case 'BOOL':
      return BOOL
    case 'TINYINT':
      return TINYINT
    case 'SMALLINT':
      return SMALLINT
    case 'INT':
      return INT
    case 'BIGINT':
      return BIGINT
    case 'TINYINT UNSIGNED':
      return UTINYINT
    case 'SMALLINT UNSIGNED':
      return USMALLINT
    case 'INT UNSIGNED':
      return UINT
    case 'BIGINT UNSIGNED':
      return UBIGINT
    case 'FLOAT':
      return FLOAT
    case 'DOUBLE':
      return DOUBLE
    case 'TIMESTAMP':
      return TIMESTAMP
    case 'JSON':
      return JSON_TAG
    case 'VARCHAR':
      return varchar(name.length ?? LONGEST)
    case 'NCHAR':
      return nchar(name.length ?? LONGEST_NCHAR)
    case 'VARBINARY':
      return varbinary(name.length ?? LONGEST)
    case 'GEOMETRY':
      return geometry(name.length ?? LONGEST)
    case 'BLOB':
    case 'MEDIUMBLOB':
      return blob(4194304)
    case 'DECIMAL': {
      const precision = name.precision ?? 10
      const scale = name.scale ?? 0
      if (precision < 1 || precision > 38 || scale > precision) throw new SqlError(0x013d, 'Decimal value overflow', near?.start)
      return decimal(precision, scale)
    }
  }
}
