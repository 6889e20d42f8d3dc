const TAGS = /^\s*(POINT|LINESTRING|POLYGON|MULTIPOINT|MULTILINESTRING|MULTIPOLYGON|GEOMETRYCOLLECTION)\s*\(/i

/** How many bytes a geometry's well-known text takes as well-known binary, or undefined for text that is no geometry. */
export function geometryBytes(text: string): number | undefined {
  const kind = TAGS.exec(text)?.[1]?.toUpperCase()
  if (kind === undefined) return undefined
  const points = text.match(/-?[\d.]+(?:e[+-]?\d+)?\s+-?[\d.]+(?:e[+-]?\d+)?/gi)?.length ?? 0
  const lists = text.match(/\(/g)?.length ?? 0
  const coordinates = 16 * points
  switch (kind) {
    case 'POINT':
      return 5 + coordinates
    case 'LINESTRING':
    case 'POLYGON':
      return 5 + 4 * lists + coordinates
    case 'MULTIPOINT':
      return 9 + 5 * points + coordinates
    case 'MULTILINESTRING':
      return 9 + 9 * (lists - 1) + coordinates
    default: {
      const parts = kind === 'MULTIPOLYGON' ? (text.match(/\(\s*\(/g)?.length ?? 1) : (text.match(/[a-z]+\s*\(/gi)?.length ?? 1)
      return 9 + 5 * parts + 4 * lists + coordinates
    }
  }
}
