type Connected = typeof import('./connected.ts')

/** Loads what a connection is made of, once; a load that failed is tried again. */
export const loadConnected: () => Promise<Connected> = (() => {
  let loading: Promise<Connected> | undefined
  return () => {
    // An import that is done already is still resolved anew: where loaders are registered, by a talk with their thread.
    loading ??= import('./connected.ts').catch((error: unknown) => {
      loading = undefined
      throw error
    })
    return loading
  }
})()
