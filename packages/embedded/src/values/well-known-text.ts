const NAMES = ['', 'POINT', 'LINESTRING', 'POLYGON', 'MULTIPOINT', 'MULTILINESTRING', 'MULTIPOLYGON', 'GEOMETRYCOLLECTION'] as const

/** WKB as text with six decimals, as TDengine prints geometries: `POINT (1.000000 2.000000)`. Throws a RangeError on bytes that are no WKB. */
export function wellKnownText(wkb: Uint8Array): string {
  const view = new DataView(wkb.buffer, wkb.byteOffset, wkb.byteLength)
  let at = 0

  function header(): { little: boolean; type: number } {
    const little = view.getUint8(at) === 1
    const type = view.getUint32(at + 1, little) & 0xff
    at += 5
    return { little, type }
  }

  function point(little: boolean): string {
    const x = view.getFloat64(at, little)
    const y = view.getFloat64(at + 8, little)
    at += 16
    return Number.isNaN(x) ? 'EMPTY' : `${x.toFixed(6)} ${y.toFixed(6)}`
  }

  function list(little: boolean, item: () => string): string {
    const count = view.getUint32(at, little)
    at += 4
    if (count === 0) return 'EMPTY'
    return `(${Array.from({ length: count }, item).join(', ')})`
  }

  function body({ little, type }: { little: boolean; type: number }): string {
    switch (type) {
      case 1: {
        const text = point(little)
        return text === 'EMPTY' ? text : `(${text})`
      }
      case 2:
        return list(little, () => point(little))
      case 3:
        return list(little, () => list(little, () => point(little)))
      case 4:
        return list(little, () => body(header()).replace(/^\((.*)\)$/, '$1'))
      case 5:
      case 6:
        return list(little, () => body(header()))
      case 7:
        return list(little, geometry)
      default:
        throw new RangeError(`unknown geometry type ${type}`)
    }
  }

  function geometry(): string {
    const head = header()
    return `${NAMES[head.type] ?? ''} ${body(head)}`
  }

  return geometry()
}
