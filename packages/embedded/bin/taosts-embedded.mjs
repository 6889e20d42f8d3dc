#!/usr/bin/env node
// DuckDB's calls occupy libuv's threads: four would let long queries hold up everything else. Set before the pool starts.
process.env.UV_THREADPOOL_SIZE ??= '16'
const { main } = await import('taosts-embedded/cli')
process.exitCode = await main(process.argv.slice(2))
