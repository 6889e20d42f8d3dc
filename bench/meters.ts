import type { MeterColumns } from './bare-duckdb.ts'

/** The first row's time. */
export const BASE = 1_600_000_000_000

/** Rows of meters a second apart, from the row `first` on. */
export function meterColumns(rows: number, first = 0): MeterColumns {
  const ts = new BigInt64Array(rows)
  const current = new Float32Array(rows)
  const voltage = new Int32Array(rows)
  const phase = new Float32Array(rows)
  for (let i = 0; i < rows; i++) {
    ts[i] = BigInt(BASE + (first + i) * 1000)
    current[i] = 10 + ((first + i) % 1000) / 200
    voltage[i] = 200 + ((first + i) % 40)
    phase[i] = ((first + i) % 500) / 1000
  }
  return { ts, current, voltage, phase }
}
