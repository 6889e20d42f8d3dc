import type { HttpAnswer } from './http-answer.ts'
import type { ServerContext } from './server-context.ts'

/** Answers one request; what it throws becomes the answer (an HttpError with its status, a SqlError as REST words it). */
export type Handler = (server: ServerContext, answer: HttpAnswer, path: { readonly [name: string]: string }) => Promise<void> | void

interface Route {
  readonly method: string
  /** Parts of the path; one that starts with a colon takes any text. */
  readonly parts: readonly string[]
  readonly handler: Handler
}

/** Paths and what answers them. */
export class Routes {
  readonly #routes: Route[] = []

  add(method: string, pattern: string, handler: Handler): this {
    this.#routes.push({ method, parts: pattern.split('/').slice(1), handler })
    return this
  }

  /** The handler for a method and path with the path's named parts (decoded), or undefined. */
  find(method: string, pathname: string): { readonly handler: Handler; readonly path: { readonly [name: string]: string } } | undefined {
    const parts = pathname.split('/').slice(1)
    for (const route of this.#routes) {
      if (route.method !== method || route.parts.length !== parts.length) continue
      const path = match(route.parts, parts)
      if (path) return { handler: route.handler, path }
    }
    return undefined
  }
}

function match(pattern: readonly string[], parts: readonly string[]): { [name: string]: string } | undefined {
  const path: { [name: string]: string } = {}
  for (let i = 0; i < pattern.length; i++) {
    const expected = pattern[i]!
    const part = parts[i]!
    if (!expected.startsWith(':')) {
      if (part !== expected) return undefined
      continue
    }
    if (part === '') return undefined
    try {
      path[expected.slice(1)] = decodeURIComponent(part)
    } catch {
      return undefined
    }
  }
  return path
}
