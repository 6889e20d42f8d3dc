export type { Field } from './driver/driver.ts'
