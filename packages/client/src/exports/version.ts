export { clientInfo } from '../version.ts'
