import type { Catalog } from '../catalog/catalog.ts'
import { SqlError } from '../errors.ts'
import type { PasswordCheck } from './password.ts'

/** Throws 0x0351 `Invalid user`, 0x0315 for a disabled one, 0x0357 `Authentication failure`. */
export async function authenticate(catalog: Catalog, check: PasswordCheck, name: string, password: string): Promise<void> {
  const user = catalog.users.get(name)
  if (!user) throw new SqlError(0x0351, 'Invalid user')
  if (!user.enabled) throw new SqlError(0x0315, 'User is disabled')
  if (!(await check.verify(name, password, user.password))) throw new SqlError(0x0357, 'Authentication failure')
}
