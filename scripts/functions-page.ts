import { FAMILIES } from '../packages/embedded/src/plan/functions/index.ts'

/** What the manual says before the functions of a family. */
const NOTES: Readonly<Record<string, string>> = {
  Series: 'They run over the rows in time order; `PARTITION BY` starts anew with each partition.',
  Selections: 'They pick a row: where one of them is the only function, other columns may stand beside it and come from that row.',
}

/** The page of the manual that lists the functions of the embedded engine, by family. */
export function functionsPage(): string {
  const families = Object.entries(FAMILIES).map(([family, functions]) => {
    const usages = [...new Set(functions.map(({ usage }) => usage))].sort()
    return `## ${family}\n\n${NOTES[family] ? `${NOTES[family]}\n\n` : ''}${usages.map((usage) => `- \`${usage}\``).join('\n')}\n`
  })
  return `# Functions of the embedded engine

These are the functions of TDengine 3.3.7, with its types, lengths, NULL rules and errors; TDengine's reference says what each one does.
A name that is not here answers \`Func not exists\` (0x0374), as that version does.
\`CAST(value AS type)\`, \`CASE\` and \`COLS(function, column[, …])\` are part of the language itself.

${families.join('\n')}
This page is made from \`packages/embedded/src/plan/functions\` by \`scripts/write-functions.ts\`.
`
}
