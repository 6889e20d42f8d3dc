#!/usr/bin/env node
// DuckDB's calls occupy libuv's threads: the usual four would let a few long queries hold up everything else. The pool takes its size when it
// starts, which loading an ES module does: so this file is none.
process.env.UV_THREADPOOL_SIZE ??= '16'
import('taosts-embedded/cli').then(async ({ main }) => {
  process.exitCode = await main(process.argv.slice(2))
})
