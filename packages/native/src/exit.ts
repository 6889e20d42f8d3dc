import process from 'node:process'

/** Runs `work` when the process ends; gives back what undoes that. */
export function atExit(work: () => void): () => void {
  // Each connection listens; Node would take more than ten listeners for a leak.
  const grow = (by: number): void => {
    const limit = process.getMaxListeners()
    if (limit > 0) process.setMaxListeners(limit + by)
  }
  grow(1)
  process.once('exit', work)
  return () => {
    process.removeListener('exit', work)
    grow(-1)
  }
}
