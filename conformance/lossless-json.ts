/** JSON as the recordings and REST write it: integers that a double cannot hold come out as bigint, everything else as JSON.parse gives it. */
export function parseLossless(text: string): unknown {
  let at = 0

  function fail(): never {
    throw new SyntaxError(`Unexpected ${at < text.length ? JSON.stringify(text[at]) : 'end'} in JSON at ${at}`)
  }

  function blank(): void {
    while (at < text.length && ' \t\n\r'.includes(text[at]!)) at++
  }

  function string(): string {
    const start = at++
    let plain = true
    for (; text[at] !== '"'; at++) {
      if (at >= text.length) fail()
      if (text[at] === '\\') {
        plain = false
        at++
      }
    }
    at++
    return plain ? text.slice(start + 1, at - 1) : (JSON.parse(text.slice(start, at)) as string)
  }

  function number(): number | bigint {
    const token = /^-?\d+(\.\d+)?([eE][+-]?\d+)?/.exec(text.slice(at, at + 400))?.[0]
    if (token === undefined) fail()
    at += token.length
    const value = Number(token)
    return /^-?\d+$/.test(token) && !Number.isSafeInteger(value) ? BigInt(token) : value
  }

  function word(): unknown {
    for (const [name, value] of [
      ['true', true],
      ['false', false],
      ['null', null],
    ] as const) {
      if (text.startsWith(name, at)) {
        at += name.length
        return value
      }
    }
    return fail()
  }

  function list<T>(close: string, item: () => T): T[] {
    const items: T[] = []
    at++
    blank()
    if (text[at] !== close) {
      items.push(item())
      for (blank(); text[at] === ','; blank()) {
        at++
        items.push(item())
      }
    }
    if (text[at] !== close) fail()
    at++
    return items
  }

  function member(): [string, unknown] {
    blank()
    if (text[at] !== '"') fail()
    const key = string()
    blank()
    if (text[at] !== ':') fail()
    at++
    return [key, value()]
  }

  function value(): unknown {
    blank()
    switch (text[at]) {
      case '{':
        return Object.fromEntries(list('}', member))
      case '[':
        return list(']', value)
      case '"':
        return string()
      case 't':
      case 'f':
      case 'n':
        return word()
      default:
        return number()
    }
  }

  const result = value()
  blank()
  if (at < text.length) fail()
  return result
}
