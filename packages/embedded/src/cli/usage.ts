export const USAGE = `taosts: an embedded TDengine-compatible engine

  taosts serve   [options]            serve REST and WebSocket until a signal comes
  taosts shell   [options] [SQL …]    run SQL: the arguments, standard input, or what is typed
  taosts import  <table> <file.csv>   write a CSV file (first line: column names) into a table
  taosts export  <SQL or table>       print a result as CSV
  taosts generate-types [URL]         write TypeScript for the tables of a database (options: its --help)

Where the data is (all commands):
  --data DIR            a directory, made if missing; one process at a time (in memory without it)
  --url URL             shell, import, export: a running server instead (http://user:password@host:6041)
  --database NAME       current database; serve makes it if it is missing

serve:
  --port N              port to listen on (6041; 0 takes a free one)
  --host ADDRESS        address to listen on (127.0.0.1)
  --user NAME           user to log in with (root), made if missing
  --password PASSWORD   that user's password (taosdata); also from the variable TAOSTS_PASSWORD
  --insecure            listen beyond this machine although the password is the default one
  --tls-cert FILE       serve TLS with this certificate (PEM) …
  --tls-key FILE        … and this key (PEM)
  --cloud-token TOKEN   behave as TDengine Cloud: ?token=TOKEN lets in, nothing else does
  --timezone ZONE       time zone of clients that name none, such as Asia/Shanghai (UTC)
  --memory SIZE         what queries may use, such as 2GB or 50% (a share of the machine)
  --query-timeout S     end statements that run longer than S seconds
  --max-connections N   WebSocket connections at a time (10000)
  --max-message MIB     largest message or request body in MiB (256)
  --max-statements N    statements that run at a time (10000)
  --idle-timeout S      close connections that are silent for S seconds (114)`
