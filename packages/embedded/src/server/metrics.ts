/** A number that goes up and down, or only up. */
export class Metric {
  readonly name: string
  readonly help: string
  readonly kind: 'counter' | 'gauge'
  value = 0

  constructor(name: string, kind: 'counter' | 'gauge', help: string) {
    this.name = name
    this.kind = kind
    this.help = help
  }

  add(amount: number): void {
    this.value += amount
  }
}

/** What `/metrics` tells: every field is one line of Prometheus' text format with its help. */
export class Metrics {
  readonly connections = new Metric('taosts_connections', 'gauge', 'WebSocket connections that are open')
  readonly connectionsTotal = new Metric('taosts_connections_total', 'counter', 'WebSocket connections since the start')
  readonly requests = new Metric('taosts_rest_requests_total', 'counter', 'REST requests since the start')
  readonly messages = new Metric('taosts_messages_total', 'counter', 'WebSocket messages received since the start')
  readonly statementsInFlight = new Metric('taosts_statements_in_flight', 'gauge', 'statements that run now')
  readonly statementsTotal = new Metric('taosts_statements_total', 'counter', 'statements since the start')
  readonly statementErrors = new Metric('taosts_statement_errors_total', 'counter', 'statements that failed')
  readonly openResults = new Metric('taosts_open_results', 'gauge', 'results that clients have not read to the end or freed')
  readonly openStatements = new Metric('taosts_open_statements', 'gauge', 'prepared statements that are open')
  readonly connectionsRefused = new Metric('taosts_connections_refused_total', 'counter', 'connections refused at the limit')
  readonly statementsRefused = new Metric(
    'taosts_statements_refused_total',
    'counter',
    'statements refused at the limit of those in flight',
  )
  readonly messagesRefused = new Metric(
    'taosts_messages_refused_total',
    'counter',
    'messages and bodies refused at the limit of their size',
  )
  readonly idleClosed = new Metric('taosts_idle_closed_total', 'counter', 'connections closed for being idle')
  readonly loginsRefused = new Metric('taosts_logins_refused_total', 'counter', 'logins with a wrong user, password or token')

  /** Prometheus' text format. */
  format(): string {
    const lines: string[] = []
    for (const metric of Object.values(this) as Metric[]) {
      lines.push(`# HELP ${metric.name} ${metric.help}`, `# TYPE ${metric.name} ${metric.kind}`, `${metric.name} ${metric.value}`)
    }
    const { rss, heapUsed } = process.memoryUsage()
    lines.push(
      '# HELP process_resident_memory_bytes resident memory of the process',
      '# TYPE process_resident_memory_bytes gauge',
      `process_resident_memory_bytes ${rss}`,
      '# HELP nodejs_heap_size_used_bytes heap in use',
      '# TYPE nodejs_heap_size_used_bytes gauge',
      `nodejs_heap_size_used_bytes ${heapUsed}`,
    )
    return `${lines.join('\n')}\n`
  }
}
