import { expect, it } from 'vitest'
import type { SqlType } from '../../catalog/model.ts'
import {
  BIGINT,
  BOOL,
  DOUBLE,
  decimal,
  FLOAT,
  INT,
  NULL,
  nchar,
  SMALLINT,
  TIMESTAMP,
  TINYINT,
  typeName,
  UBIGINT,
  UINT,
  UTINYINT,
  varchar,
} from '../functions/types.ts'
import { commonType } from './common-type.ts'

it.each<readonly [string, readonly SqlType[], string]>([
  ['texts', [varchar(3), varchar(7)], 'VARCHAR(7)'],
  ['one letter', [varchar(1), varchar(1)], 'VARCHAR(2)'],
  ['NULL beside a number', [NULL, INT], 'INT'],
  ['whole numbers', [TINYINT, INT, SMALLINT], 'INT'],
  ['BOOL and a whole number', [BOOL, TINYINT], 'TINYINT'],
  ['signed and unsigned', [TINYINT, UTINYINT], 'SMALLINT'],
  ['signed and a wide unsigned', [INT, UINT], 'BIGINT'],
  ['no number for both', [BIGINT, UBIGINT], 'VARCHAR(63)'],
  ['FLOAT and DOUBLE', [FLOAT, DOUBLE], 'DOUBLE'],
  ['DOUBLE and BIGINT', [DOUBLE, BIGINT], 'VARCHAR(63)'],
  ['a time and a number', [TIMESTAMP, INT], 'BIGINT'],
  ['text and a number', [varchar(3), BIGINT], 'VARCHAR(63)'],
  ['VARCHAR and NCHAR', [varchar(3), nchar(16)], 'NCHAR(16)'],
  ['a long VARCHAR and NCHAR', [varchar(102), nchar(16)], 'NCHAR(25)'],
  ['NCHAR and a number', [nchar(4), INT], 'NCHAR(64)'],
  ['DECIMALs', [decimal(10, 2), decimal(8, 4)], 'DECIMAL(12,4)'],
])('%s', (_, types, common) => {
  expect(typeName(commonType(types))).toBe(common)
})
