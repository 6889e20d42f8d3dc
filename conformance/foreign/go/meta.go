package main

import (
	"database/sql"
	"encoding/json"
	"fmt"
	"strings"

	"github.com/taosdata/driver-go/v3/common/tmq"
)

// What happens to the tables of a topic WITH META, and what the consumer is told of it: a line a message.
var metaSteps = []struct{ sql, told string }{
	{"create stable st (ts timestamp, v int, s varchar(20)) tags (t int, n nchar(10))", "create super st: ts 9, v 4, s 8(20) tags t 4, n 10"},
	{"create table c1 using st tags(1, '一') c2 using st tags(2, null)", `create child c1: st 2 t 1, n "一"; c2: st 2 t 2`},
	{"insert into c1 values(1700000000000, 1, 'a')(1700000000001, 2, null)", "rows c1: 2"},
	{"create table norm (ts timestamp, v double)", "create normal norm: ts 9, v 7 tags "},
	{"alter table norm add column x varchar(5)", "alter normal norm 5: x 8(5)"},
	{"alter table norm rename column v w", "alter normal norm 10: v w"},
	{"alter table norm drop column x", "alter normal norm 6: x"},
	{"alter table c1 set tag t=7", "alter child c1 4: t = 7"},
	{"alter table c1 set tag n=null", "alter child c1 4: n = null"},
	{"alter table st add tag u int", "alter super st 1: u 4"},
	{"alter table st modify column s varchar(40)", "alter super st 7: s 8(40)"},
	{"alter table st rename tag u w", "alter super st 3: u w"},
	{"alter table st drop tag w", "alter super st 2: w"},
	{"insert into auto1 using st tags(5, 'auto') values(1700000000000, 5, 'x')", `create child auto1: st 2 t 5, n "auto" + rows auto1: 1`},
	{"delete from c1 where ts = 1700000000000", "delete  "},
	{"drop table norm", "drop  norm"},
	{"drop table c1, c2", "drop  c1 c2"},
}

func columnsText(columns []*tmq.Column) string {
	texts := []string{}
	for _, column := range columns {
		text := fmt.Sprint(column.Name, " ", column.Type)
		if column.Length > 0 {
			text += fmt.Sprint("(", column.Length, ")")
		}
		texts = append(texts, text)
	}
	return strings.Join(texts, ", ")
}

func childText(name, using string, count int, tags []*tmq.Tag) string {
	texts := []string{}
	for _, tag := range tags {
		value, _ := json.Marshal(tag.Value)
		if text, ok := tag.Value.(string); ok {
			value = []byte(text)
		}
		texts = append(texts, tag.Name+" "+string(value))
	}
	return fmt.Sprint(name, ": ", using, " ", count, " ", strings.Join(texts, ", "))
}

// metaText is a change in one line. The client has no lengths of a supertable's tags, and no statement of a DELETE.
func metaText(meta *tmq.Meta) string {
	head := fmt.Sprint(meta.Type, " ", meta.TableType, " ")
	switch {
	case meta.Type == "create" && meta.TableType == "child":
		list := []string{}
		for _, child := range meta.CreateList {
			list = append(list, childText(child.TableName, child.Using, child.TagNum, child.Tags))
		}
		if len(list) == 0 {
			list = append(list, childText(meta.TableName, meta.Using, meta.TagNum, meta.Tags))
		}
		return head + strings.Join(list, "; ")
	case meta.Type == "create":
		tags := []string{}
		for _, tag := range meta.Tags {
			tags = append(tags, fmt.Sprint(tag.Name, " ", tag.Type))
		}
		return fmt.Sprint(head, meta.TableName, ": ", columnsText(meta.Columns), " tags ", strings.Join(tags, ", "))
	case meta.Type == "alter":
		head += fmt.Sprint(meta.TableName, " ", meta.AlterType, ": ", meta.ColName)
		switch {
		case meta.ColValueNull:
			return head + " = null"
		case meta.ColValue != "":
			return head + " = " + meta.ColValue
		case meta.ColNewName != "":
			return head + " " + meta.ColNewName
		case meta.ColType != 0:
			return head[:len(head)-len(meta.ColName)] + columnsText([]*tmq.Column{{Name: meta.ColName, Type: meta.ColType, Length: meta.ColLength}})
		}
		return head
	default:
		return head + meta.TableName + strings.Join(meta.TableNameList, " ")
	}
}

func rowsText(data []*tmq.Data) string {
	texts := []string{}
	for _, table := range data {
		texts = append(texts, fmt.Sprint(table.TableName, ": ", len(table.Data)))
	}
	return "rows " + strings.Join(texts, ", ")
}

func eventText(event tmq.Event) (string, error) {
	switch event := event.(type) {
	case *tmq.DataMessage:
		return rowsText(event.Value().([]*tmq.Data)), nil
	case *tmq.MetaMessage:
		return metaText(event.Value().(*tmq.Meta)), nil
	case *tmq.MetaDataMessage:
		both := event.Value().(*tmq.MetaData)
		return metaText(both.Meta) + " + " + rowsText(both.Data), nil
	case tmq.Error:
		return "", event
	}
	return "", fmt.Errorf("an event of another kind: %v", event)
}

// metaMessages: each change of a table comes where it happened among the rows.
func metaMessages() error {
	db, err := sql.Open("taosWS", fmt.Sprintf("root:taosdata@ws(%s)/", address))
	if err != nil {
		return err
	}
	defer db.Close()
	for _, statement := range []string{"create database judge_go_meta vgroups 1", "create topic judge_go_meta_topic with meta as database judge_go_meta"} {
		if _, err := db.Exec(statement); err != nil {
			return err
		}
	}
	inside, err := sql.Open("taosWS", fmt.Sprintf("root:taosdata@ws(%s)/judge_go_meta", address))
	if err != nil {
		return err
	}
	defer inside.Close()
	expected, told := []string{}, []string{}
	consumer, err := subscribedTo("judge_go_meta_topic", "go-meta")
	if err != nil {
		return err
	}
	defer leave(consumer)
	for _, step := range metaSteps {
		if _, err := inside.Exec(step.sql); err != nil {
			return fmt.Errorf("%s: %w", step.sql, err)
		}
		expected = append(expected, step.told)
		for event := consumer.Poll(100); event != nil; event = consumer.Poll(100) {
			text, err := eventText(event)
			if err != nil {
				return fmt.Errorf("%s: %w", step.sql, err)
			}
			told = append(told, text)
		}
	}
	return equal(told, expected)
}
