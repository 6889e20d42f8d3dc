import { line, plot } from '@observablehq/plot'
import { parseHTML } from 'linkedom'
import { meters } from './meters.ts'

// A chart of a result with Observable Plot, drawn without a browser; in one, `document` is there already.
await using connection = await meters('plot_example')
const table = await (
  await connection.query('SELECT _wstart AS ts, AVG(current) AS current, location FROM meters PARTITION BY location INTERVAL(1m)')
).toArrow()
const { document } = parseHTML('<html></html>')
const chart = plot({ document, marks: [line(table, { x: 'ts', y: 'current', stroke: 'location' })] })
chart.setAttribute('xmlns', 'http://www.w3.org/2000/svg')
console.log(chart.outerHTML)
