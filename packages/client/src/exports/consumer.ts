export { Consumer, type VgroupOffset } from '../consumer.ts'
