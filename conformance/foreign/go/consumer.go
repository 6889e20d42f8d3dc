package main

import (
	"database/sql"
	"fmt"
	"sort"
	"strings"

	"github.com/taosdata/driver-go/v3/common/tmq"
	wstmq "github.com/taosdata/driver-go/v3/ws/tmq"
)

const consumerTables, consumerRows = 4, 15

// drain reads until there is nothing for a while: how often each pair of tag and value came.
func drain(consumer *wstmq.Consumer, commit bool) (map[string]int, error) {
	seen := map[string]int{}
	for quiet := 0; quiet < 2; {
		switch event := consumer.Poll(300).(type) {
		case nil:
			quiet++
		case *tmq.DataMessage:
			quiet = 0
			for _, data := range event.Value().([]*tmq.Data) {
				for _, row := range data.Data {
					seen[fmt.Sprint(row[2], "/", row[1], "/", row[3])]++
				}
			}
			if commit {
				if _, err := consumer.Commit(); err != nil {
					return nil, err
				}
			}
		case tmq.Error:
			return nil, event
		default:
			return nil, fmt.Errorf("a message of another kind: %v", event)
		}
	}
	return seen, nil
}

// expectedRows is each pair of tag and value, once.
func expectedRows() map[string]int {
	rows := map[string]int{}
	for t := 0; t < consumerTables; t++ {
		for i := 0; i < consumerRows; i++ {
			rows[fmt.Sprint(t, "/", i, "/é")] = 1
		}
	}
	return rows
}

func subscribed(group string) (*wstmq.Consumer, error) {
	return subscribedTo("judge_go_tmq_topic", group)
}

func subscribedTo(topic, group string) (*wstmq.Consumer, error) {
	consumer, err := wstmq.NewConsumer(&tmq.ConfigMap{
		"ws.url": "ws://" + address, "td.connect.user": "root", "td.connect.pass": "taosdata", "group.id": group, "client.id": "judge",
		"auto.offset.reset": "earliest", "enable.auto.commit": "false", "msg.with.table.name": "true",
	})
	if err != nil {
		return nil, err
	}
	if err := consumer.Subscribe(topic, nil); err != nil {
		consumer.Close()
		return nil, err
	}
	return consumer, nil
}

func leave(consumer *wstmq.Consumer) {
	_ = consumer.Unsubscribe()
	_ = consumer.Close()
}

func createTopic() error {
	db, err := sql.Open("taosWS", fmt.Sprintf("root:taosdata@ws(%s)/", address))
	if err != nil {
		return err
	}
	defer db.Close()
	insert := "insert into"
	for t := 0; t < consumerTables; t++ {
		insert += fmt.Sprintf(" judge_go_tmq.c%d using judge_go_tmq.st tags(%d) values", t, t)
		for i := 0; i < consumerRows; i++ {
			insert += fmt.Sprintf("(%d,%d,'é')", 1700000000000+i, i)
		}
	}
	for _, statement := range []string{
		"create database judge_go_tmq vgroups 4",
		"create stable judge_go_tmq.st (ts timestamp, v int, s nchar(10)) tags (t int)",
		insert,
		"create topic judge_go_tmq_topic as select ts, v, t, s from judge_go_tmq.st",
	} {
		if _, err := db.Exec(statement); err != nil {
			return err
		}
	}
	return nil
}

// readAndCommit: a group that commits goes on behind what it read, one that does not begins again.
func readAndCommit() error {
	if err := createTopic(); err != nil {
		return err
	}
	for _, commit := range []bool{true, false} {
		expected := expectedRows()
		for _, time := range []string{"first", "again"} {
			consumer, err := subscribed(fmt.Sprint("go-commit-", commit))
			if err != nil {
				return err
			}
			rows, err := drain(consumer, commit)
			leave(consumer)
			if err != nil {
				return err
			}
			if err := equal(rows, expected); err != nil {
				return fmt.Errorf("%s, commit %v: %w", time, commit, err)
			}
			if commit {
				expected = map[string]int{}
			}
		}
	}
	return nil
}

func seekInTopic() error {
	consumer, err := subscribed("go-seek")
	if err != nil {
		return err
	}
	defer leave(consumer)
	if _, err := drain(consumer, false); err != nil {
		return err
	}
	assignment, err := consumer.Assignment()
	if err != nil {
		return err
	}
	vgroups := map[int32]bool{}
	ends, err := consumer.Position(assignment)
	if err != nil {
		return err
	}
	begin := make([]tmq.TopicPartition, len(assignment))
	for i, place := range assignment {
		vgroups[place.Partition] = true
		begin[i] = place
		begin[i].Offset = 0
		if err := consumer.Seek(begin[i], 0); err != nil {
			return err
		}
	}
	if err := equal(len(vgroups), 4); err != nil {
		return err
	}
	rows, err := drain(consumer, false)
	if err != nil {
		return err
	}
	if err := equal(rows, expectedRows()); err != nil {
		return err
	}
	for _, end := range ends {
		if err := consumer.Seek(end, 0); err != nil {
			return err
		}
	}
	if rows, err = drain(consumer, false); err != nil {
		return err
	}
	if err := equal(len(rows), 0); err != nil {
		return err
	}
	if _, err := consumer.CommitOffsets(ends); err != nil {
		return err
	}
	committed, err := consumer.Committed(ends, 0)
	if err != nil {
		return err
	}
	return equal(offsetsOf(committed), offsetsOf(ends))
}

func offsetsOf(places []tmq.TopicPartition) []string {
	offsets := []string{}
	for _, place := range places {
		offsets = append(offsets, fmt.Sprint(place.Partition, ":", int64(place.Offset)))
	}
	sort.Strings(offsets)
	return offsets
}

// unsubscribed: the topic is dropped only once nobody reads it.
func unsubscribed() error {
	db, err := sql.Open("taosWS", fmt.Sprintf("root:taosdata@ws(%s)/", address))
	if err != nil {
		return err
	}
	defer db.Close()
	consumer, err := subscribed("go-leaves")
	if err != nil {
		return err
	}
	defer consumer.Close()
	if _, err := drain(consumer, false); err != nil {
		return err
	}
	if _, err := db.Exec("drop topic judge_go_tmq_topic"); err == nil || !strings.Contains(strings.ToLower(err.Error()), "0x3eb") {
		return fmt.Errorf("dropping a topic in use: %v", err)
	}
	if err := consumer.Unsubscribe(); err != nil {
		return err
	}
	if _, err := db.Exec("drop topic judge_go_tmq_topic"); err != nil {
		return err
	}
	gone, err := subscribed("go-gone")
	if err == nil {
		leave(gone)
		return fmt.Errorf("a topic that is gone was subscribed to")
	}
	return equal(strings.Contains(strings.ToLower(err.Error()), "0x3e1"), true)
}
