import { STABLE } from './model.ts'
import { type Step, valueFor } from './program.ts'
import { byTable, ends, page, readAll, summary, tagsOfTables, windows, windowsByTable } from './read-checks.ts'
import { type Check, declared, literal, type World } from './world.ts'
import { copy, create, insert, insertThroughSupertable, isLastColumn } from './write-checks.ts'

/** The statements of one step with what the model answers; the model takes the step as well. */
export function checksOf(world: World, step: Exclude<Step, { kind: 'reopen' }>): Check[] {
  switch (step.kind) {
    case 'create':
      return [create(world, step)]
    case 'insert':
      return insert(world, step.parts)
    case 'insert-through-supertable':
      return insertThroughSupertable(world, step)
    case 'delete': {
      const [from, to] = world.range(step)
      const sql = `delete from ${world.name(step.table)} where ts >= ${from} and ts <= ${to}`
      return [world.write(sql, (model) => model.delete(step.table, from, to))]
    }
    case 'set-tag': {
      const tag = world.model.tags.find(({ name }) => name === step.tag)
      const value = tag ? valueFor(tag, step.value) : 1
      return [
        world.write(`alter table ${world.name(step.table)} set tag ${step.tag} = ${literal(value)}`, (model) =>
          model.setTag(step.table, step.tag, value),
        ),
      ]
    }
    case 'add-column':
      return [
        world.write(`${world.alter(step.table)} add column ${declared(step.column)}`, (model) =>
          model.addColumn(step.table, { ...step.column }),
        ),
      ]
    case 'drop-column':
      if (isLastColumn(world, step.table)) return []
      return [world.write(`${world.alter(step.table)} drop column ${step.column}`, (model) => model.dropColumn(step.table, step.column))]
    case 'rename-column':
      if (step.column === step.to) return []
      return [
        world.write(`${world.alter(step.table)} rename column ${step.column} ${step.to}`, (model) =>
          model.renameColumn(step.table, step.column, step.to),
        ),
      ]
    case 'widen-column': {
      const owner = step.table === STABLE ? world.model.columns : (world.model.tables.get(step.table)?.columns ?? [])
      const { type } = owner.find(({ name }) => name === step.column) ?? { type: 'VARCHAR' }
      const text = type === 'NCHAR' ? 'nchar' : 'varchar'
      const sql = `${world.alter(step.table)} modify column ${step.column} ${text}(${step.length})`
      return [world.write(sql, (model) => model.widenColumn(step.table, step.column, step.length))]
    }
    case 'copy':
      return copy(world, step)
    case 'ends':
      return ends(world, step)
    case 'windows-by-table':
      return windowsByTable(world, step)
    case 'page':
      return page(world, step)
    case 'add-tag':
      return [world.write(`${world.alter(STABLE)} add tag ${declared(step.tag)}`, (model) => model.addTag({ ...step.tag }))]
    case 'drop-tag':
      return [world.write(`${world.alter(STABLE)} drop tag ${step.tag}`, (model) => model.dropTag(step.tag))]
    case 'rename-tag':
      if (world.model.tags.some(({ name }) => name === step.to)) return []
      return [world.write(`${world.alter(STABLE)} rename tag ${step.tag} ${step.to}`, (model) => model.renameTag(step.tag, step.to))]
    case 'drop':
      return [
        world.write(`drop table ${step.ifExists ? 'if exists ' : ''}${world.name(step.table)}`, (model) =>
          model.drop(step.table, step.ifExists),
        ),
      ]
    case 'read':
      return readAll(world, step.table)
    case 'summary':
      return summary(world, step)
    case 'by-table':
      return byTable(world, step)
    case 'windows':
      return windows(world, step)
    case 'tags':
      return [tagsOfTables(world)]
  }
}
