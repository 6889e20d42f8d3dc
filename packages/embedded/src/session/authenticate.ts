import type { Catalog } from '../catalog/catalog.ts'
import { SqlError } from '../errors.ts'
import { verifyPassword } from './password.ts'

/** The user that every TDengine starts with, and its password until somebody changes it. */
export const ROOT = { name: 'root', password: 'taosdata' } as const

/** Throws 0x0351 `Invalid user`, 0x0315 for a disabled one, 0x0357 `Authentication failure`. */
export async function authenticate(catalog: Catalog, name: string, password: string): Promise<void> {
  const user = catalog.users.get(name)
  if (!user) {
    if (name !== ROOT.name) throw new SqlError(0x0351, 'Invalid user')
    if (password !== ROOT.password) throw new SqlError(0x0357, 'Authentication failure')
    return
  }
  if (!user.enabled) throw new SqlError(0x0315, 'User is disabled')
  if (!(await verifyPassword(password, user.password))) throw new SqlError(0x0357, 'Authentication failure')
}
