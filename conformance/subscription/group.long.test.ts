import { groupTests } from './group-tests.ts'

groupTests(1_000_000, 600_000)
