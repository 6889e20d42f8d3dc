import { PARITY } from '../conformance/parity/parity.ts'
import type { ParityRow } from '../conformance/parity/row.ts'

/** The page of the manual that says where everything of TDengine's Python connector is. */
export function parityPage(): string {
  const rows = PARITY.flatMap((group) => group.rows)
  const gone = rows.filter(({ here }) => here.length === 0).length
  return `# What taospy has, and where it is here

Every member of TDengine's Python connector (taospy 2.8 with its native and REST modules, taos-ws-py 0.7), what stands for it in taosts, and the test that shows it.
Of ${rows.length} entries ${rows.length - gone} are here; ${gone} cannot be, or have nothing to do, and say why.

${PARITY.map(({ title, rows: own }) => `## ${title}\n\n| taospy | taosts | Shown by |\n|---|---|---|\n${own.map(line).join('\n')}\n`).join('\n')}
This page is made from \`conformance/parity/\` by \`scripts/write-parity.ts\`.
`
}

function line({ taospy, here, note, test }: ParityRow): string {
  const cell = (text: string): string => text.replaceAll('|', '\\|')
  const symbols = here.map((symbol) => `\`${symbol}\``).join(', ')
  const what = here.length === 0 ? `— ${note}` : note === undefined ? symbols : `${symbols}: ${note}`
  const shown = test === undefined ? '' : `[${test[1].replaceAll('%s', '…')}](../${test[0]})`
  return `| ${cell(taospy)} | ${cell(what)} | ${cell(shown)} |`
}
