import com.taosdata.jdbc.tmq.ConsumerRecord;
import com.taosdata.jdbc.tmq.ConsumerRecords;
import com.taosdata.jdbc.tmq.OffsetAndMetadata;
import com.taosdata.jdbc.tmq.TMQConstants;
import com.taosdata.jdbc.tmq.TaosConsumer;
import com.taosdata.jdbc.tmq.TopicPartition;
import com.taosdata.jdbc.ws.tmq.meta.ChildTableInfo;
import com.taosdata.jdbc.ws.tmq.meta.Column;
import com.taosdata.jdbc.ws.tmq.meta.Meta;
import com.taosdata.jdbc.ws.tmq.meta.MetaAlterTable;
import com.taosdata.jdbc.ws.tmq.meta.MetaCreateChildTable;
import com.taosdata.jdbc.ws.tmq.meta.MetaCreateNormalTable;
import com.taosdata.jdbc.ws.tmq.meta.MetaCreateSuperTable;
import com.taosdata.jdbc.ws.tmq.meta.MetaDeleteData;
import com.taosdata.jdbc.ws.tmq.meta.MetaDropTable;
import com.taosdata.jdbc.ws.tmq.meta.Tag;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.DatabaseMetaData;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.ResultSetMetaData;
import java.sql.SQLException;
import java.sql.Statement;
import java.sql.Timestamp;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Properties;
import java.util.Set;
import java.util.TreeMap;

/** The JDBC driver against the server, over WebSocket and REST: statements, batches, metadata, every type, a consumer. */
public final class Judge {
    private static final String ADDRESS = System.getenv("TAOSTS_URL").replaceFirst("^http://", "");
    private static boolean failed;

    private interface Check {
        void run() throws Exception;
    }

    private static void check(String name, Check check) {
        String detail = "";
        try {
            check.run();
        } catch (Throwable error) {
            failed = true;
            detail = String.valueOf(error);
            error.printStackTrace();
        }
        System.out.println("{\"check\":" + quote(name) + ",\"ok\":" + detail.isEmpty() + ",\"detail\":" + quote(detail) + "}");
    }

    private static String quote(String text) {
        StringBuilder quoted = new StringBuilder("\"");
        for (char c : text.toCharArray()) {
            if (c == '"' || c == '\\') quoted.append('\\').append(c);
            else if (c < 32) quoted.append(String.format("\\u%04x", (int) c));
            else quoted.append(c);
        }
        return quoted.append('"').toString();
    }

    private static void equal(Object given, Object expected) {
        if (!Objects.deepEquals(given, expected)) throw new AssertionError("given " + given + ", expected " + expected);
    }

    private static Connection connect(String protocol, String database) throws SQLException {
        Properties properties = new Properties();
        properties.setProperty("user", "root");
        properties.setProperty("password", "taosdata");
        return DriverManager.getConnection("jdbc:" + protocol + "://" + ADDRESS + "/" + database, properties);
    }

    private static void create(String protocol, String database) throws SQLException {
        try (Connection connection = connect(protocol, ""); Statement statement = connection.createStatement()) {
            statement.executeUpdate("create database if not exists " + database + " precision 'ms' keep 36500");
            statement.executeUpdate("create stable if not exists " + database + ".st (ts timestamp, b bool, ti tinyint, si smallint, i int, bi bigint, "
                + "f float, d double, s varchar(20), n nchar(20), vb varbinary(10), g geometry(50), bu bigint unsigned) tags (t int, tn nchar(10))");
        }
    }

    private static void statement(String protocol, String database) throws SQLException {
        create(protocol, database);
        try (Connection connection = connect(protocol, database); Statement statement = connection.createStatement()) {
            equal(statement.executeUpdate("insert into a using st tags(1,'标签') values"
                + "(1700000000000,true,-127,-32767,-2147483647,-9223372036854775807,1.5,-2.25,'é','中文😀','\\x00ff','POINT(1 2)',18446744073709551615)"
                + "(1700000000001,null,null,null,null,null,null,null,null,null,null,null,null)"), 2);
            ResultSet rows = statement.executeQuery("select ts,b,ti,si,i,bi,f,d,s,n,t,tn,bu from st order by ts");
            ResultSetMetaData meta = rows.getMetaData();
            equal(meta.getColumnCount(), 13);
            equal(meta.getColumnName(10), "n");
            equal(meta.getColumnTypeName(10), "NCHAR");
            equal(rows.next(), true);
            equal(rows.getTimestamp(1).getTime(), 1700000000000L);
            equal(rows.getBoolean(2), true);
            equal(rows.getByte(3), (byte) -127);
            equal(rows.getShort(4), (short) -32767);
            // TAOS-RS takes the smallest integers for NULL.
            equal(rows.getInt(5), -2147483647);
            equal(rows.getLong(6), -9223372036854775807L);
            equal(rows.getFloat(7), 1.5f);
            equal(rows.getDouble(8), -2.25);
            equal(rows.getString(9), "é");
            equal(rows.getString(10), "中文😀");
            equal(rows.getInt(11), 1);
            equal(rows.getString(12), "标签");
            equal(rows.getString(13), "18446744073709551615");
            equal(rows.next(), true);
            for (int column = 2; column <= 10; column++) equal(rows.getObject(column), null);
            equal(rows.next(), false);
            rows.close();
        }
    }

    private static void errors(String protocol) throws SQLException {
        try (Connection connection = connect(protocol, ""); Statement statement = connection.createStatement()) {
            try {
                statement.executeQuery("select * from nope_db.t");
                throw new AssertionError("succeeded");
            } catch (SQLException error) {
                equal(error.getErrorCode() & 0xffff, 0x0388);
                if (!error.getMessage().contains("Database not exist")) throw error;
            }
        }
    }

    private static void batch() throws SQLException {
        try (Connection connection = connect("TAOS-WS", "judge_jdbc_ws");
             PreparedStatement insert = connection.prepareStatement("insert into st (tbname, ts, i, s, n, d, b, t) values (?, ?, ?, ?, ?, ?, ?, ?)")) {
            for (int table = 0; table < 3; table++) {
                for (int row = 0; row < 100; row++) {
                    insert.setString(1, "p" + table);
                    insert.setTimestamp(2, new Timestamp(1700000100000L + row));
                    if (row % 10 == 9) insert.setNull(3, java.sql.Types.INTEGER);
                    else insert.setInt(3, row);
                    insert.setString(4, "s" + row);
                    insert.setNString(5, "中" + row);
                    insert.setDouble(6, row / 4.0);
                    insert.setBoolean(7, row % 2 == 0);
                    insert.setInt(8, table + 100);
                    insert.addBatch();
                }
            }
            insert.executeBatch();
        }
        try (Connection connection = connect("TAOS-WS", "judge_jdbc_ws"); Statement statement = connection.createStatement()) {
            ResultSet rows = statement.executeQuery("select count(*), count(i), sum(d), last(n) from st where t >= 100");
            rows.next();
            equal(rows.getLong(1), 300L);
            equal(rows.getLong(2), 270L);
            equal(rows.getDouble(3), 3712.5);
            equal(rows.getString(4), "中99");
        }
    }

    private static void preparedQuery() throws SQLException {
        try (Connection connection = connect("TAOS-WS", "judge_jdbc_ws");
             PreparedStatement query = connection.prepareStatement("select i, s, n from p1 where ts >= ? and i < ? and s = ?")) {
            query.setTimestamp(1, new Timestamp(1700000100000L));
            query.setInt(2, 50);
            query.setString(3, "s7");
            ResultSet rows = query.executeQuery();
            equal(rows.next(), true);
            equal(rows.getInt(1), 7);
            equal(rows.getString(3), "中7");
            equal(rows.next(), false);
        }
    }

    private static void metadata(String protocol, String database) throws SQLException {
        try (Connection connection = connect(protocol, database)) {
            DatabaseMetaData meta = connection.getMetaData();
            List<String> tables = new ArrayList<>();
            ResultSet rows = meta.getTables(database, null, "%", null);
            while (rows.next()) tables.add(rows.getString("TABLE_NAME"));
            if (!tables.contains("st")) throw new AssertionError("tables " + tables);
            List<String> columns = new ArrayList<>();
            ResultSet described = meta.getColumns(database, null, "st", "%");
            while (described.next()) columns.add(described.getString("COLUMN_NAME"));
            equal(columns.subList(0, 3), Arrays.asList("ts", "b", "ti"));
        }
    }

    private static void many() throws SQLException {
        try (Connection connection = connect("TAOS-WS", "judge_jdbc_ws"); Statement statement = connection.createStatement()) {
            statement.executeUpdate("create table if not exists big (ts timestamp, v int)");
            for (int start = 0; start < 20000; start += 5000) {
                StringBuilder sql = new StringBuilder("insert into big values");
                for (int i = start; i < start + 5000; i++) sql.append('(').append(1700000000000L + i).append(',').append(i).append(')');
                statement.executeUpdate(sql.toString());
            }
            ResultSet rows = statement.executeQuery("select v from big order by ts");
            int next = 0;
            while (rows.next()) equal(rows.getInt(1), next++);
            equal(next, 20000);
        }
    }

    private static void bytes() throws SQLException {
        try (Connection connection = connect("TAOS-WS", "judge_jdbc_ws"); Statement statement = connection.createStatement()) {
            ResultSet rows = statement.executeQuery("select vb, g from a where vb is not null");
            rows.next();
            equal(rows.getBytes(1), new byte[] {0, (byte) 0xff});
            equal(rows.getBytes(2).length, 21);
            equal(new String(new byte[0], StandardCharsets.UTF_8), "");
        }
    }

    private static TaosConsumer<Map<String, Object>> consumer(String group) throws SQLException {
        return consumer("judge_jdbc_topic", group);
    }

    private static TaosConsumer<Map<String, Object>> consumer(String topic, String group) throws SQLException {
        Properties properties = new Properties();
        properties.setProperty(TMQConstants.CONNECT_TYPE, "ws");
        properties.setProperty(TMQConstants.BOOTSTRAP_SERVERS, ADDRESS);
        properties.setProperty(TMQConstants.CONNECT_USER, "root");
        properties.setProperty(TMQConstants.CONNECT_PASS, "taosdata");
        properties.setProperty(TMQConstants.GROUP_ID, group);
        properties.setProperty(TMQConstants.CLIENT_ID, "judge");
        properties.setProperty(TMQConstants.AUTO_OFFSET_RESET, "earliest");
        properties.setProperty(TMQConstants.ENABLE_AUTO_COMMIT, "false");
        properties.setProperty(TMQConstants.MSG_WITH_TABLE_NAME, "true");
        // This client finds changes of tables in batches alone, and not those that come with rows.
        properties.setProperty(TMQConstants.MSG_ENABLE_BATCH_META, "1");
        properties.setProperty(TMQConstants.VALUE_DESERIALIZER, "com.taosdata.jdbc.tmq.MapDeserializer");
        TaosConsumer<Map<String, Object>> consumer = new TaosConsumer<>(properties);
        consumer.subscribe(List.of(topic));
        return consumer;
    }

    /** Reads until there is nothing for a while: tag and value of each row. */
    private static List<String> drain(TaosConsumer<Map<String, Object>> consumer, boolean commit) throws SQLException {
        List<String> rows = new ArrayList<>();
        for (int quiet = 0; quiet < 2; ) {
            ConsumerRecords<Map<String, Object>> records = consumer.poll(Duration.ofMillis(300));
            if (records.isEmpty()) {
                quiet++;
                continue;
            }
            quiet = 0;
            for (ConsumerRecord<Map<String, Object>> record : records) rows.add(record.value().get("t") + "/" + record.value().get("v") + "/" + record.value().get("s"));
            if (commit) consumer.commitSync();
        }
        Collections.sort(rows);
        return rows;
    }

    private static List<String> topicRows() {
        List<String> rows = new ArrayList<>();
        for (int t = 0; t < 4; t++) for (int i = 0; i < 15; i++) rows.add(t + "/" + i + "/é");
        Collections.sort(rows);
        return rows;
    }

    private static void readAndCommit() throws SQLException {
        try (Connection connection = connect("TAOS-WS", ""); Statement statement = connection.createStatement()) {
            statement.executeUpdate("create database judge_jdbc_tmq vgroups 4");
            statement.executeUpdate("create stable judge_jdbc_tmq.st (ts timestamp, v int, s nchar(10)) tags (t int)");
            StringBuilder sql = new StringBuilder("insert into");
            for (int t = 0; t < 4; t++) {
                sql.append(" judge_jdbc_tmq.c").append(t).append(" using judge_jdbc_tmq.st tags(").append(t).append(") values");
                for (int i = 0; i < 15; i++) sql.append('(').append(1700000000000L + i).append(',').append(i).append(",'é')");
            }
            statement.executeUpdate(sql.toString());
            statement.executeUpdate("create topic judge_jdbc_topic as select ts, v, t, s from judge_jdbc_tmq.st");
        }
        for (boolean commit : new boolean[] {true, false}) {
            List<String> expected = topicRows();
            for (int time = 0; time < 2; time++) {
                try (TaosConsumer<Map<String, Object>> consumer = consumer("jdbc-commit-" + commit)) {
                    equal(drain(consumer, commit), expected);
                    consumer.unsubscribe();
                }
                if (commit) expected = List.of();
            }
        }
    }

    private static void seek() throws SQLException {
        try (TaosConsumer<Map<String, Object>> consumer = consumer("jdbc-seek")) {
            equal(consumer.subscription(), Set.of("judge_jdbc_topic"));
            equal(drain(consumer, false), topicRows());
            Set<TopicPartition> places = consumer.assignment();
            equal(places.size(), 4);
            equal(consumer.position("judge_jdbc_topic"), consumer.endOffsets("judge_jdbc_topic"));
            consumer.seekToBeginning(places);
            equal(consumer.position("judge_jdbc_topic"), consumer.beginningOffsets("judge_jdbc_topic"));
            equal(drain(consumer, false), topicRows());
            for (TopicPartition place : places) consumer.seek(place, consumer.beginningOffsets("judge_jdbc_topic").get(place));
            equal(drain(consumer, false), topicRows());
            consumer.seekToEnd(places);
            equal(drain(consumer, false), List.of());
            for (TopicPartition place : places) {
                long end = consumer.position(place);
                consumer.commitSync(Map.of(place, new OffsetAndMetadata(end)));
                equal(consumer.committed(place).offset(), end);
            }
            consumer.unsubscribe();
        }
    }

    private static void unsubscribe() throws SQLException {
        try (Connection connection = connect("TAOS-WS", ""); Statement statement = connection.createStatement();
                TaosConsumer<Map<String, Object>> consumer = consumer("jdbc-leaves")) {
            drain(consumer, false);
            try {
                statement.executeUpdate("drop topic judge_jdbc_topic");
                throw new AssertionError("a topic in use was dropped");
            } catch (SQLException error) {
                equal(error.getErrorCode() & 0xffff, 0x3eb);
            }
            consumer.unsubscribe();
            statement.executeUpdate("drop topic judge_jdbc_topic");
            try (TaosConsumer<Map<String, Object>> gone = consumer("jdbc-gone")) {
                throw new AssertionError("a topic that is gone was subscribed to");
            } catch (SQLException error) {
                equal(error.getMessage().toLowerCase().contains("0x3e1"), true);
            }
        }
    }

    /** What happens to the tables of a topic WITH META, and what the consumer is told of it. */
    private static final String[][] META_STEPS = {
        {"create stable st (ts timestamp, v int, s varchar(20)) tags (t int, n nchar(10))", "CREATE SUPER st: ts 9, v 4, s 8(20) tags t 4, n 10(10)"},
        {"create table c1 using st tags(1, '一') c2 using st tags(2, null)", "CREATE CHILD c1: st 2 t=1, n=\"一\"; c2: st 2 t=2"},
        {"insert into c1 values(1700000000000, 1, 'a')(1700000000001, 2, null)", "{s=a, v=1} {s=null, v=2}"},
        {"create table norm (ts timestamp, v double)", "CREATE NORMAL norm: ts 9, v 7 tags "},
        {"alter table norm add column x varchar(5)", "ALTER NORMAL norm 5: x 8(5)"},
        {"alter table norm rename column v w", "ALTER NORMAL norm 10: v w"},
        {"alter table norm drop column x", "ALTER NORMAL norm 6: x"},
        {"alter table c1 set tag t=7", "ALTER CHILD c1 4: t = 7"},
        {"alter table c1 set tag n=null", "ALTER CHILD c1 4: n = null"},
        {"alter table st add tag u int", "ALTER SUPER st 1: u 4"},
        {"alter table st modify column s varchar(40)", "ALTER SUPER st 7: s 8(40)"},
        {"alter table st rename tag u w", "ALTER SUPER st 3: u w"},
        {"alter table st drop tag w", "ALTER SUPER st 2: w"},
        {"insert into auto1 using st tags(5, 'auto') values(1700000000000, 5, 'x')", "{s=x, v=5}"},
        {"delete from c1 where ts = 1700000000000", "DELETE delete from `c1` where `ts` >= 1700000000000 and `ts` <= 1700000000000"},
        {"drop table norm", "DROP [norm]"},
        {"drop table c1, c2", "DROP [c1, c2]"},
        {"drop stable st", "DROP SUPER st"},
    };

    private static String columnsText(List<Column> columns) {
        List<String> texts = new ArrayList<>();
        for (Column column : columns) texts.add(column.getName() + " " + column.getType() + (column.getLength() == null ? "" : "(" + column.getLength() + ")"));
        return String.join(", ", texts);
    }

    private static String tagsText(List<Tag> tags) {
        List<String> texts = new ArrayList<>();
        for (Tag tag : tags) texts.add(tag.getName() + "=" + tag.getValue().asText());
        return String.join(", ", texts);
    }

    private static String metaText(Meta meta) {
        String head = meta.getType() + " " + meta.getTableType() + " ";
        if (meta instanceof MetaCreateSuperTable) {
            MetaCreateSuperTable made = (MetaCreateSuperTable) meta;
            return head + made.getTableName() + ": " + columnsText(made.getColumns()) + " tags " + columnsText(made.getTags());
        }
        if (meta instanceof MetaCreateNormalTable) return head + meta.getTableName() + ": " + columnsText(((MetaCreateNormalTable) meta).getColumns()) + " tags ";
        if (meta instanceof MetaCreateChildTable) {
            MetaCreateChildTable made = (MetaCreateChildTable) meta;
            List<String> texts = new ArrayList<>();
            for (ChildTableInfo child : made.getCreateList())
                texts.add(child.getTableName() + ": " + child.getUsing() + " " + child.getTagNum() + " " + tagsText(child.getTags()));
            if (texts.isEmpty()) texts.add(made.getTableName() + ": " + made.getUsing() + " " + made.getTagNum() + " " + tagsText(made.getTags()));
            return head + String.join("; ", texts);
        }
        if (meta instanceof MetaAlterTable) {
            MetaAlterTable change = (MetaAlterTable) meta;
            head += change.getTableName() + " " + change.getAlterType() + ": " + change.getColName();
            if (change.isColValueNull()) return head + " = null";
            if (change.getColValue() != null) return head + " = " + change.getColValue();
            if (change.getColNewName() != null) return head + " " + change.getColNewName();
            return head + (change.getColType() == 0 ? "" : " " + change.getColType()) + (change.getColLength() == 0 ? "" : "(" + change.getColLength() + ")");
        }
        if (meta instanceof MetaDropTable) return meta.getType() + " " + ((MetaDropTable) meta).getTableNameList();
        if (meta instanceof MetaDeleteData) return meta.getType() + " " + ((MetaDeleteData) meta).getSql();
        return head + meta.getTableName();
    }

    /** Each change of a table comes where it happened among the rows. */
    private static void meta() throws SQLException {
        try (Connection connection = connect("TAOS-WS", ""); Statement statement = connection.createStatement()) {
            statement.executeUpdate("create database judge_jdbc_meta vgroups 1");
            statement.executeUpdate("create topic judge_jdbc_meta_topic with meta as database judge_jdbc_meta");
        }
        List<String> told = new ArrayList<>();
        List<String> expected = new ArrayList<>();
        try (Connection connection = connect("TAOS-WS", "judge_jdbc_meta"); Statement statement = connection.createStatement();
                TaosConsumer<Map<String, Object>> consumer = consumer("judge_jdbc_meta_topic", "jdbc-meta")) {
            for (String[] step : META_STEPS) {
                statement.executeUpdate(step[0]);
                expected.add(step[1]);
                List<String> texts = new ArrayList<>();
                for (ConsumerRecords<Map<String, Object>> records = consumer.poll(Duration.ofMillis(100)); !records.isEmpty();
                        records = consumer.poll(Duration.ofMillis(100))) {
                    for (ConsumerRecord<Map<String, Object>> record : records) {
                        if (record.getMeta() != null) texts.add(metaText(record.getMeta()));
                        if (record.value() != null) {
                            Map<String, Object> row = new TreeMap<>(record.value());
                            row.remove("ts");
                            if (row.get("s") != null) row.put("s", new String((byte[]) row.get("s"), StandardCharsets.UTF_8));
                            texts.add(row.toString());
                        }
                    }
                }
                told.add(String.join(" ", texts));
            }
            consumer.unsubscribe();
        }
        equal(told, expected);
    }

    public static void main(String[] args) throws Exception {
        Class.forName("com.taosdata.jdbc.ws.WebSocketDriver");
        Class.forName("com.taosdata.jdbc.rs.RestfulDriver");
        check("TAOS-WS: Statement, every type", () -> statement("TAOS-WS", "judge_jdbc_ws"));
        check("TAOS-WS: bytes", Judge::bytes);
        check("TAOS-WS: errors", () -> errors("TAOS-WS"));
        check("TAOS-WS: PreparedStatement with batches into three subtables", Judge::batch);
        check("TAOS-WS: PreparedStatement query with parameters", Judge::preparedQuery);
        check("TAOS-WS: metadata", () -> metadata("TAOS-WS", "judge_jdbc_ws"));
        check("TAOS-WS: 20 000 rows in blocks", Judge::many);
        check("TAOS-RS: Statement, every type", () -> statement("TAOS-RS", "judge_jdbc_rs"));
        check("TAOS-RS: errors", () -> errors("TAOS-RS"));
        check("TAOS-RS: metadata", () -> metadata("TAOS-RS", "judge_jdbc_rs"));
        check("TaosConsumer: all rows, commitSync", Judge::readAndCommit);
        check("TaosConsumer: assignment, position, seek, committed", Judge::seek);
        check("TaosConsumer: unsubscribe, a topic in use, no such topic", Judge::unsubscribe);
        check("TaosConsumer: changes of tables among the rows", Judge::meta);
        System.exit(failed ? 1 : 0);
    }
}
