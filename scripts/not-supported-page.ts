import { NOT_SUPPORTED } from '../packages/embedded/src/session/not-supported.ts'

/** The page of the manual that lists what the embedded engine does not do. */
export function notSupportedPage(): string {
  const rows = NOT_SUPPORTED.map(({ features, instead }) => `| ${features.map((feature) => `\`${feature}\``).join(', ')} | ${instead} |`)
  return `# What the embedded engine does not do

The embedded engine answers as TDengine 3.3.7.5 (community) does. The statements below are read like all others, so a mistake in them is a
syntax error; written rightly they end in error 0x0100 that says so and what to use instead. None gives a wrong result.

| Statement | Instead |
|---|---|
${rows.join('\n')}

Views, which a community server does not have either, are refused with the server's own \`Operation not supported\`.

This page is made from \`packages/embedded/src/session/not-supported.ts\` by \`scripts/write-not-supported.ts\`.
`
}
