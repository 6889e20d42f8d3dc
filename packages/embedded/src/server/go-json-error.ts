const NEAR = 10
const CONTEXT = 50

/** A message of taosAdapter's JSON reader: what is wrong, where it stopped, and the text around. */
export function goJsonError(message: string, text: string, at: number): string {
  const near = Math.max(0, at - NEAR)
  const piece = text.slice(near, at + NEAR)
  const context = text.slice(Math.max(0, at - CONTEXT), at + CONTEXT)
  return `${message}, error found in #${at - near} byte of ...|${piece}|..., bigger context ...|${context}|...`
}
