import type {
  AlterVariable,
  Delete,
  Describe,
  Explain,
  InsertSelect,
  InsertValues,
  Kill,
  ResetQueryCache,
  Show,
  ShowCreate,
  Unsupported,
} from './ast-command.ts'
import type {
  AlterDatabase,
  AlterTable,
  AlterUser,
  CreateDatabase,
  CreateIndex,
  CreateSubtables,
  CreateTable,
  CreateTopic,
  CreateUser,
  CreateView,
  CreateVirtualSubtable,
  CreateVirtualTable,
  DropConsumerGroup,
  DropDatabase,
  DropIndex,
  DropTable,
  DropTopic,
  DropUser,
  DropView,
  DropVirtualTable,
  Grant,
  MaintainDatabase,
  UseDatabase,
} from './ast-definition.ts'
import type { DurationUnit, Literal } from './ast-expression.ts'
import type { Query } from './ast-query.ts'

export type * from './ast-command.ts'
export type * from './ast-definition.ts'
export type * from './ast-expression.ts'
export type * from './ast-names.ts'
export type * from './ast-query.ts'

export type Statement =
  | Query
  | CreateDatabase
  | AlterDatabase
  | DropDatabase
  | UseDatabase
  | MaintainDatabase
  | CreateTable
  | CreateSubtables
  | DropTable
  | AlterTable
  | CreateVirtualTable
  | CreateVirtualSubtable
  | DropVirtualTable
  | CreateIndex
  | DropIndex
  | CreateView
  | DropView
  | CreateTopic
  | DropTopic
  | DropConsumerGroup
  | CreateUser
  | AlterUser
  | DropUser
  | Grant
  | InsertSelect
  | InsertValues
  | Delete
  | Show
  | ShowCreate
  | Describe
  | Explain
  | Kill
  | AlterVariable
  | ResetQueryCache
  | Unsupported

const UNITS = 'buasmhdwny'

/** Amount and unit of a duration literal's text such as `10m`. */
export function durationOf(literal: Literal): { readonly amount: bigint; readonly unit: DurationUnit } {
  const unit = literal.text.slice(-1).toLowerCase()
  if (literal.type !== 'duration' || !UNITS.includes(unit)) throw new RangeError(`not a duration: ${literal.text}`)
  return { amount: BigInt(literal.text.slice(0, -1)), unit: unit as DurationUnit }
}
