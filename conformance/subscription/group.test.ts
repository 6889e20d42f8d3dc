import { groupTests } from './group-tests.ts'

groupTests(50_000, 120_000)
