import { SqlError } from '../../errors.ts'
import type { Select } from '../../sql/ast.ts'
import { Wrong } from '../errors.ts'
import type { RowFrame } from '../row-frame.ts'
import { countPlan } from './count.ts'
import { eventPlan } from './event.ts'
import { type Interval, intervalPlan, readInterval } from './interval.ts'
import { sessionPlan } from './session.ts'
import { statePlan } from './state.ts'
import type { WindowPlan } from './window.ts'

/** The window clause of a query, checked; INTERVAL's parts beside it. Throws SqlError. */
export function windowOf(select: Select, rows: RowFrame): { window: WindowPlan | undefined; interval: Interval | undefined } {
  const { window } = select
  if (!window) return { window: undefined, interval: undefined }
  const { ts } = rows.functions
  if (ts === undefined) throw Wrong.windowInput(window)
  const frame = rows.in('where')
  switch (window.kind) {
    case 'interval': {
      const interval = readInterval(window, rows, rows.range)
      return { window: intervalPlan(interval, ts), interval }
    }
    case 'session':
      return { window: sessionPlan(window, frame), interval: undefined }
    case 'state':
      return { window: statePlan(window, frame, ts), interval: undefined }
    case 'event':
      return { window: eventPlan(window, frame, ts), interval: undefined }
    case 'count':
      return { window: countPlan(window, frame, ts), interval: undefined }
    case 'anomaly':
      throw new SqlError(0x0200, 'ANOMALY_WINDOW is not supported by the embedded engine', window.start)
  }
}
