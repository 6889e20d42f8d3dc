import { describe, expect, test } from 'vitest'
import { FrameReader } from './frame-reader.ts'

/** A frame as a server writes it. */
function frame(first: number, payload: Uint8Array | string, length = Buffer.byteLength(payload)): Buffer {
  const head = length < 126 ? Buffer.of(first, length) : length < 0x10000 ? Buffer.of(first, 126, 0, 0) : Buffer.alloc(10)
  if (length >= 0x10000) {
    head.set([first, 127])
    head.writeBigUInt64BE(BigInt(length), 2)
  } else if (length >= 126) head.writeUInt16BE(length, 2)
  return Buffer.concat([head, Buffer.from(payload as string)])
}

/** What a reader makes of bytes that arrive in pieces of at most so many, each put where the reader wants it. */
function read(bytes: Uint8Array, piece: number): unknown[] {
  const seen: unknown[] = []
  const reader = new FrameReader({
    message: (data) => seen.push(data),
    ping: (payload) => seen.push(['ping', ...payload]),
    pong: () => seen.push('pong'),
    close: (code, reason) => seen.push(['close', code, reason]),
    fail: (error) => seen.push(error.message),
  })
  for (let at = 0; at < bytes.length; ) {
    const target = reader.target()
    const count = Math.min(piece, target.length, bytes.length - at)
    target.set(bytes.subarray(at, at + count))
    reader.filled(count)
    at += count
  }
  // Not before the end: what was given must not change with what comes later.
  return seen.map((each) => (each instanceof Uint8Array ? shown(each) : each))
}

/** Texts compare faster than long arrays. */
const shown = (bytes: Uint8Array): string => `bytes ${Buffer.from(bytes).toString('latin1')}`

const nothing = (): void => {}
const SINK = { message: nothing, ping: nothing, pong: nothing, close: nothing, fail: nothing }

const binary = (length: number): Uint8Array => Uint8Array.from({ length }, (_, i) => (i * 7) & 0xff)

describe('messages', () => {
  const lengths = [
    0, 1, 125, 126, 4096, 4097, 4097, 4098, 65535, 65535, 65535, 65536, 65536, 65536, 200_001, 200_001, 3, 100_000, 100_000, 2, 1,
  ]
  const whole = Buffer.concat([
    ...lengths.map((length) => frame(0x82, binary(length))),
    frame(0x81, 'grün'),
    frame(0x01, 'in '),
    frame(0x89, Uint8Array.of(1, 2)),
    frame(0x00, 'three '),
    frame(0x8a, ''),
    frame(0x80, 'parts'),
    frame(0x02, binary(5000)),
    frame(0x80, binary(70_000)),
    frame(0x81, 'x'.repeat(9000)),
    frame(0x88, Buffer.concat([Buffer.of(3, 0xe9), Buffer.from('bye')])),
    frame(0x82, 'too late'),
  ])
  const expected = [
    ...lengths.map((length) => shown(binary(length))),
    'grün',
    ['ping', 1, 2],
    'pong',
    'in three parts',
    shown(Buffer.concat([binary(5000), binary(70_000)])),
    'x'.repeat(9000),
    ['close', 1001, 'bye'],
  ]

  test.each([1, 2, 3, 13, 1000, 4096, 65_536, 1 << 20])('are the same in pieces of %i bytes', (piece) => {
    expect(read(whole, piece)).toEqual(expected)
  })

  test('long ones of one length start where they are aligned', () => {
    const starts: number[] = []
    const reader = new FrameReader({ ...SINK, message: (data) => starts.push((data as Uint8Array).byteOffset & 7) })
    reader.lead = 3
    for (let i = 0; i < 3; i++) for (const length of [10_000, 10_000, 80_000, 80_000]) reader.feed(frame(0x82, binary(length)))
    expect(starts).toEqual(Array.from({ length: 12 }, () => 3))
  })

  test('a close without a code is 1005', () => {
    expect(read(frame(0x88, ''), 1)).toEqual([['close', 1005, '']])
  })
})

test.each([
  ['reserved bits', frame(0xc2, 'a'), 'reserved bits are set'],
  ['a mask', Buffer.of(0x82, 0x81, 0, 0, 0, 0, 1), 'a server must not mask'],
  ['an unknown opcode', frame(0x83, 'a'), 'the opcode 3'],
  ['a continuation of nothing', frame(0x80, 'a'), 'a continuation of nothing'],
  ['a message within another', Buffer.concat([frame(0x01, 'a'), frame(0x81, 'b')]), 'a message within another'],
  ['a ping in parts', frame(0x09, 'a'), 'a control frame in parts or too long'],
  ['a text that no string holds', frame(0x81, '', 0x20000000), 'a text of 536870912 bytes'],
  ['its continuation', Buffer.concat([frame(0x01, 'a'), frame(0x80, '', 0x1fffffe8)]), 'a text of 536870889 bytes'],
  ['a length of 2^62', frame(0x82, '', 2 ** 62), 'a message of 4611686018427388000 bytes'],
])('%s ends the reading', (_, bytes, words) => {
  expect(read(Buffer.concat([bytes, frame(0x82, 'more')]), 5)).toEqual([`invalid WebSocket frame: ${words}`])
})
