import com.sun.management.OperatingSystemMXBean;
import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.lang.management.ManagementFactory;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.Timestamp;
import java.util.HashMap;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** taos-jdbcdriver as a participant that writes rows of meters by addBatch and executeBatch over WebSocket. */
public class Writes {
  static final long BASE = 1_600_000_000_000L;
  static final int BATCH = 32000;
  static final Map<String, PreparedStatement> statements = new HashMap<>();

  static String text(String task, String key) {
    Matcher matcher = Pattern.compile("\"" + key + "\":\"?([^\",}]*)").matcher(task);
    if (!matcher.find()) throw new IllegalArgumentException("the task has no " + key);
    return matcher.group(1);
  }

  static PreparedStatement statement(String url, String stable, int tables) throws Exception {
    String key = url + " " + stable + " " + tables;
    PreparedStatement known = statements.get(key);
    if (known != null) return known;
    String address = url.substring(url.indexOf("://") + 3);
    Connection connection = DriverManager.getConnection("jdbc:TAOS-WS://" + address + "/bench?user=root&password=taosdata");
    String sql = tables == 1
        ? "INSERT INTO " + stable + "0 VALUES (?, ?, ?, ?)"
        : "INSERT INTO " + stable + " (tbname, groupid, location, ts, current, voltage, phase) VALUES (?, ?, ?, ?, ?, ?, ?)";
    PreparedStatement statement = connection.prepareStatement(sql);
    statements.put(key, statement);
    return statement;
  }

  static void write(PreparedStatement statement, String stable, int tables, int rows, long first) throws Exception {
    int each = rows / tables;
    int waiting = 0;
    for (int table = 0; table < tables; table++) {
      String name = stable + table;
      for (int i = 0; i < each; i++) {
        long at = first + i;
        int column = 1;
        if (tables > 1) {
          statement.setString(column++, name);
          statement.setInt(column++, 1);
          statement.setString(column++, "California.SanFrancisco");
        }
        statement.setTimestamp(column++, new Timestamp(BASE + at * 1000));
        statement.setFloat(column++, 10 + (at % 1000) / 200f);
        statement.setInt(column++, (int) (200 + at % 40));
        statement.setFloat(column, (at % 500) / 1000f);
        statement.addBatch();
        if (++waiting == BATCH) {
          statement.executeBatch();
          waiting = 0;
        }
      }
    }
    if (waiting > 0) statement.executeBatch();
  }

  public static void main(String[] arguments) throws Exception {
    OperatingSystemMXBean system = (OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean();
    BufferedReader lines = new BufferedReader(new InputStreamReader(System.in));
    System.out.println("ready");
    for (String task = lines.readLine(); task != null; task = lines.readLine()) {
      try {
        int tables = Integer.parseInt(text(task, "tables"));
        int rows = Integer.parseInt(text(task, "rows"));
        String stable = text(task, "stable");
        PreparedStatement statement = statement(text(task, "url"), stable, tables);
        long wall = System.nanoTime();
        long cpu = system.getProcessCpuTime();
        write(statement, stable, tables, rows, Long.parseLong(text(task, "first")));
        double used = (system.getProcessCpuTime() - cpu) / 1e9;
        System.out.println("{\"rows\":" + rows + ",\"cpu\":" + used + ",\"wall\":" + (System.nanoTime() - wall) / 1e9 + "}");
      } catch (Exception error) {
        System.out.println("{\"error\":\"" + String.valueOf(error).replaceAll("[\"\\\\\\n]", " ") + "\"}");
      }
    }
    System.exit(0);
  }
}
