export { planInterp } from './series/interp.ts'
