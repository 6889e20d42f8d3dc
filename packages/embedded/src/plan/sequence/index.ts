import { bottom, sample, tail, top, unique } from './choices.ts'
import { csum, derivative, diff, mavg, statecount, stateduration } from './neighbours.ts'
import type { SequenceMaker } from './sequence.ts'

/** How the functions over ordered rows are computed in SQL, by name. */
export const SEQUENCES: Readonly<Record<string, SequenceMaker>> = {
  bottom,
  csum,
  derivative,
  diff,
  mavg,
  sample,
  statecount,
  stateduration,
  tail,
  top,
  unique,
}

export type { Lie, Sequence, SequenceMaker } from './sequence.ts'
