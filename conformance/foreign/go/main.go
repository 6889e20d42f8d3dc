// driver-go against the server: database/sql over REST and WebSocket, statements, schemaless, a consumer.
package main

import (
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"reflect"
	"strings"
	"time"

	"github.com/taosdata/driver-go/v3/common"
	"github.com/taosdata/driver-go/v3/common/param"
	taosErrors "github.com/taosdata/driver-go/v3/errors"
	_ "github.com/taosdata/driver-go/v3/taosRestful"
	_ "github.com/taosdata/driver-go/v3/taosWS"
	"github.com/taosdata/driver-go/v3/ws/schemaless"
	"github.com/taosdata/driver-go/v3/ws/stmt"
)

var address = strings.TrimPrefix(os.Getenv("TAOSTS_URL"), "http://")
var failed = false

func check(name string, run func() error) {
	err := run()
	detail := ""
	if err != nil {
		failed = true
		detail = err.Error()
	}
	line, _ := json.Marshal(map[string]any{"check": name, "ok": err == nil, "detail": detail})
	fmt.Println(string(line))
}

func equal(given, expected any) error {
	if !reflect.DeepEqual(given, expected) {
		return fmt.Errorf("given %#v, expected %#v", given, expected)
	}
	return nil
}

const createAllTypes = "create stable if not exists %s.st (ts timestamp, b bool, ti tinyint, si smallint, i int, bi bigint, tu tinyint unsigned, " +
	"su smallint unsigned, iu int unsigned, bu bigint unsigned, f float, d double, s varchar(20), n nchar(20), vb varbinary(10), g geometry(50)) tags (t int, tn nchar(10))"

// roundTrip writes every type by text and reads it back through database/sql.
func roundTrip(driver, protocol, database string) error {
	db, err := sql.Open(driver, fmt.Sprintf("root:taosdata@%s(%s)/", protocol, address))
	if err != nil {
		return err
	}
	defer db.Close()
	for _, statement := range []string{
		"create database if not exists " + database + " precision 'ms' keep 36500",
		fmt.Sprintf(createAllTypes, database),
	} {
		if _, err := db.Exec(statement); err != nil {
			return err
		}
	}
	result, err := db.Exec("insert into " + database + ".a using " + database + ".st tags(1,'标签') values" +
		"(1700000000000,true,-128,-32768,-2147483648,-9223372036854775807,255,65535,4294967295,18446744073709551615,1.5,-2.25,'é','中文😀','\\x00ff','POINT(1 2)')" +
		"(1700000000001,null,null,null,null,null,null,null,null,null,null,null,null,null,null,null)")
	if err != nil {
		return err
	}
	if affected, err := result.RowsAffected(); err != nil || affected != 2 {
		return fmt.Errorf("%d rows affected, %v", affected, err)
	}
	rows, err := db.Query("select ts,b,ti,si,i,bi,tu,su,iu,bu,f,d,s,n,t,tn from " + database + ".st order by ts")
	if err != nil {
		return err
	}
	defer rows.Close()
	types, err := rows.ColumnTypes()
	if err != nil {
		return err
	}
	if err := equal([]string{types[0].DatabaseTypeName(), types[9].DatabaseTypeName(), types[13].DatabaseTypeName()}, []string{"TIMESTAMP", "BIGINT UNSIGNED", "NCHAR"}); err != nil {
		return err
	}
	var all [][]any
	for rows.Next() {
		values := make([]any, len(types))
		targets := make([]any, len(types))
		for i := range values {
			targets[i] = &values[i]
		}
		if err := rows.Scan(targets...); err != nil {
			return err
		}
		if at, ok := values[0].(time.Time); ok {
			values[0] = at.UnixMilli()
		}
		all = append(all, values)
	}
	if err := rows.Err(); err != nil {
		return err
	}
	expected := [][]any{
		{int64(1700000000000), true, int8(-128), int16(-32768), int32(-2147483648), int64(-9223372036854775807), uint8(255), uint16(65535), uint32(4294967295),
			uint64(18446744073709551615), float32(1.5), -2.25, "é", "中文😀", int32(1), "标签"},
		{int64(1700000000001), nil, nil, nil, nil, nil, nil, nil, nil, nil, nil, nil, nil, nil, int32(1), "标签"},
	}
	return equal(all, expected)
}

// refusal expects a statement to fail with a code and words.
func refusal(driver, protocol string) error {
	db, err := sql.Open(driver, fmt.Sprintf("root:taosdata@%s(%s)/", protocol, address))
	if err != nil {
		return err
	}
	defer db.Close()
	_, err = db.Query("select * from nope_db.t")
	var taos *taosErrors.TaosError
	if !errors.As(err, &taos) {
		return fmt.Errorf("no TDengine error: %v", err)
	}
	return equal(map[string]any{"code": taos.Code, "words": taos.ErrStr}, map[string]any{"code": int32(0x0388), "words": "Database not exist"})
}

func manyRows() error {
	db, err := sql.Open("taosWS", fmt.Sprintf("root:taosdata@ws(%s)/judge_go_ws", address))
	if err != nil {
		return err
	}
	defer db.Close()
	if _, err := db.Exec("create table if not exists big (ts timestamp, v int)"); err != nil {
		return err
	}
	for start := 0; start < 20000; start += 5000 {
		var text strings.Builder
		text.WriteString("insert into big values")
		for i := start; i < start+5000; i++ {
			fmt.Fprintf(&text, "(%d,%d)", 1700000000000+i, i)
		}
		if _, err := db.Exec(text.String()); err != nil {
			return err
		}
	}
	rows, err := db.Query("select v from big order by ts")
	if err != nil {
		return err
	}
	defer rows.Close()
	next := int32(0)
	for rows.Next() {
		var v int32
		if err := rows.Scan(&v); err != nil {
			return err
		}
		if v != next {
			return fmt.Errorf("row %d is %d", next, v)
		}
		next++
	}
	return equal(next, int32(20000))
}

// preparedQuery uses database/sql's Prepare, which is a version 1 statement.
func preparedQuery() error {
	db, err := sql.Open("taosWS", fmt.Sprintf("root:taosdata@ws(%s)/judge_go_ws", address))
	if err != nil {
		return err
	}
	defer db.Close()
	insert, err := db.Prepare("insert into big values(?,?)")
	if err != nil {
		return err
	}
	if _, err := insert.Exec(time.UnixMilli(1800000000000), 42); err != nil {
		return err
	}
	insert.Close()
	query, err := db.Prepare("select v from big where ts = ? and v > ?")
	if err != nil {
		return err
	}
	defer query.Close()
	var v int32
	if err := query.QueryRow(time.UnixMilli(1800000000000), 41).Scan(&v); err != nil {
		return err
	}
	return equal(v, int32(42))
}

func statement() error {
	config := stmt.NewConfig("ws://"+address, 0)
	config.SetConnectUser("root")
	config.SetConnectPass("taosdata")
	config.SetConnectDB("judge_go_ws")
	connector, err := stmt.NewConnector(config)
	if err != nil {
		return err
	}
	defer connector.Close()
	prepared, err := connector.Init()
	if err != nil {
		return err
	}
	defer prepared.Close()
	if err := prepared.Prepare("insert into ? using st tags(?,?) (ts,b,bu,d,s,n) values(?,?,?,?,?,?)"); err != nil {
		return err
	}
	for i, name := range []string{"s1", "s2"} {
		if err := prepared.SetTableName(name); err != nil {
			return err
		}
		if err := prepared.SetTags(param.NewParam(2).AddInt(i+10).AddNchar("标"), param.NewColumnType(2).AddInt().AddNchar(10)); err != nil {
			return err
		}
		at := time.UnixMilli(1700000100000)
		columns := []*param.Param{
			param.NewParam(2).AddTimestamp(at, common.PrecisionMilliSecond).AddTimestamp(at.Add(time.Second), common.PrecisionMilliSecond),
			param.NewParam(2).AddBool(true).AddNull(),
			param.NewParam(2).AddUBigint(1 << 63).AddNull(),
			param.NewParam(2).AddDouble(-0.5).AddNull(),
			param.NewParam(2).AddBinary([]byte("é")).AddNull(),
			param.NewParam(2).AddNchar("中😀").AddNull(),
		}
		columnTypes := param.NewColumnType(6).AddTimestamp().AddBool().AddUBigint().AddDouble().AddBinary(20).AddNchar(20)
		if err := prepared.BindParam(columns, columnTypes); err != nil {
			return err
		}
		if err := prepared.AddBatch(); err != nil {
			return err
		}
	}
	if err := prepared.Exec(); err != nil {
		return err
	}
	if err := equal(prepared.GetAffectedRows(), 4); err != nil {
		return err
	}
	db, err := sql.Open("taosWS", fmt.Sprintf("root:taosdata@ws(%s)/judge_go_ws", address))
	if err != nil {
		return err
	}
	defer db.Close()
	var count int64
	var bu uint64
	var n string
	if err := db.QueryRow("select count(*) from st where t >= 10").Scan(&count); err != nil {
		return err
	}
	if err := db.QueryRow("select bu, n from s2 where b = true").Scan(&bu, &n); err != nil {
		return err
	}
	return equal([]any{count, bu, n}, []any{int64(4), uint64(1 << 63), "中😀"})
}

func schemalessWrite() error {
	db, err := sql.Open("taosWS", fmt.Sprintf("root:taosdata@ws(%s)/", address))
	if err != nil {
		return err
	}
	defer db.Close()
	if _, err := db.Exec("create database if not exists judge_go_sml precision 'ns' keep 36500"); err != nil {
		return err
	}
	writer, err := schemaless.NewSchemaless(schemaless.NewConfig("ws://"+address, 1, schemaless.SetDb("judge_go_sml"), schemaless.SetUser("root"), schemaless.SetPassword("taosdata"),
		schemaless.SetReadTimeout(30*time.Second), schemaless.SetWriteTimeout(10*time.Second)))
	if err != nil {
		return err
	}
	defer writer.Close()
	for i, request := range []struct {
		protocol int
		data     string
	}{
		{schemaless.InfluxDBLineProtocol, "meas,host=h1 v=1.5,n=L\"中文\" 1700000000000000000\nmeas,host=h2 v=2 1700000000000000000"},
		{schemaless.OpenTSDBTelnetLineProtocol, "sys.mem 1700000000 1.5 host=a"},
		{schemaless.OpenTSDBJsonFormatProtocol, `{"metric":"cpu.load","timestamp":1700000000,"value":1.5,"tags":{"host":"a"}}`},
	} {
		if err := writer.Insert(request.data, request.protocol, "ns", 0, int64(i+1)); err != nil {
			return err
		}
	}
	var n string
	var count int64
	if err := db.QueryRow("select n from judge_go_sml.meas where `host` = 'h1'").Scan(&n); err != nil {
		return err
	}
	if err := db.QueryRow("select count(*) from judge_go_sml.sys_mem").Scan(&count); err != nil {
		return err
	}
	return equal([]any{n, count}, []any{"中文", int64(1)})
}

func main() {
	check("taosRestful: every type there and back", func() error { return roundTrip("taosRestful", "http", "judge_go_rest") })
	check("taosRestful: errors", func() error { return refusal("taosRestful", "http") })
	check("taosWS: every type there and back", func() error { return roundTrip("taosWS", "ws", "judge_go_ws") })
	check("taosWS: errors", func() error { return refusal("taosWS", "ws") })
	check("taosWS: 20 000 rows in blocks", manyRows)
	check("taosWS: Prepare with Exec and QueryRow", preparedQuery)
	check("ws/stmt: two subtables with tags", statement)
	check("ws/schemaless: line, telnet, JSON", schemalessWrite)
	check("ws/tmq: all rows, commit", readAndCommit)
	check("ws/tmq: assignment, position, seek, committed", seekInTopic)
	check("ws/tmq: unsubscribe, a topic in use, no such topic", unsubscribed)
	check("ws/tmq: changes of tables among the rows", metaMessages)
	if failed {
		os.Exit(1)
	}
}
