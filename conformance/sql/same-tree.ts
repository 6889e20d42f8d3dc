const POSITIONS: ReadonlySet<string> = new Set(['start', 'end', 'quoted'])

/** A tree without what depends on how the statement was written down: positions and needless backquotes. For tests. */
export function withoutPositions(node: unknown): unknown {
  if (Array.isArray(node)) return node.map(withoutPositions)
  if (node === null || typeof node !== 'object') return node
  return Object.fromEntries(Object.entries(node).flatMap(([key, value]) => (POSITIONS.has(key) ? [] : [[key, withoutPositions(value)]])))
}
