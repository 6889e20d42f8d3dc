import type { MeterColumns } from './bare-duckdb.ts'

/** The first row's time. */
export const BASE = 1_600_000_000_000

/** Rows of meters a second apart, from the row `first` on. */
export function meterColumns(rows: number, first = 0): MeterColumns {
  const ts = new BigInt64Array(rows)
  // Halves, little-endian: a bigint a row would be a million pieces of garbage.
  const halves = new Uint32Array(ts.buffer)
  const current = new Float32Array(rows)
  const voltage = new Int32Array(rows)
  const phase = new Float32Array(rows)
  for (let i = 0; i < rows; i++) {
    const time = BASE + (first + i) * 1000
    halves[2 * i] = time % 2 ** 32
    halves[2 * i + 1] = Math.floor(time / 2 ** 32)
    current[i] = 10 + ((first + i) % 1000) / 200
    voltage[i] = 200 + ((first + i) % 40)
    phase[i] = ((first + i) % 500) / 1000
  }
  return { ts, current, voltage, phase }
}
