import { test } from 'vitest'
import { checkModel } from './check.ts'

test('thousands of random programs answer as the model does', () => checkModel({ programs: 5000, length: 40, restarts: false }), 3_600_000)

test('hundreds of them with restarts', () => checkModel({ programs: 300, length: 40, restarts: true }), 3_600_000)
