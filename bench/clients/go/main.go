// driver-go as a participant: reads rows, asks point queries and connects, over REST or WebSocket, through database/sql.
package main

import (
	"bufio"
	"database/sql"
	"encoding/json"
	"fmt"
	"os"
	"strings"
	"sync"
	"syscall"
	"time"

	_ "github.com/taosdata/driver-go/v3/taosRestful"
	_ "github.com/taosdata/driver-go/v3/taosWS"
)

type task struct {
	Kind    string   `json:"kind"`
	URL     string   `json:"url"`
	SQL     string   `json:"sql"`
	Queries []string `json:"queries"`
	Users   int      `json:"users"`
	Count   int      `json:"count"`
}

type sample struct {
	Rows  int     `json:"rows"`
	CPU   float64 `json:"cpu"`
	Wall  float64 `json:"wall"`
	Check string  `json:"check,omitempty"`
}

var pools = map[string]*sql.DB{}

// open gives a pool of the URL's own driver: http is taosRestful, ws is taosWS.
func open(url string) (*sql.DB, error) {
	protocol, address, _ := strings.Cut(url, "://")
	driver := "taosWS"
	if protocol == "http" {
		driver = "taosRestful"
	}
	return sql.Open(driver, fmt.Sprintf("root:taosdata@%s(%s)/", protocol, address))
}

func pool(url string) (*sql.DB, error) {
	if known, ok := pools[url]; ok {
		return known, nil
	}
	db, err := open(url)
	if err == nil {
		pools[url] = db
	}
	return db, err
}

// read scans every row into Go's own types; the sum of the second column, modulo 2^64, shows that 64 bits arrive whole.
func read(db *sql.DB, query string) (sample, error) {
	rows, err := db.Query(query)
	if err != nil {
		return sample{}, err
	}
	defer rows.Close()
	var ts time.Time
	var big int64
	var current, phase float32
	var voltage int32
	count, sum := 0, int64(0)
	for rows.Next() {
		if err := rows.Scan(&ts, &big, &current, &voltage, &phase); err != nil {
			return sample{}, err
		}
		count++
		sum += big
	}
	return sample{Rows: count, Check: fmt.Sprint(sum)}, rows.Err()
}

// points lets users ask one query after another, each user on a connection of its own as database/sql gives them.
func points(db *sql.DB, queries []string, users int, count int) (sample, error) {
	db.SetMaxOpenConns(users)
	db.SetMaxIdleConns(users)
	var group sync.WaitGroup
	failures := make(chan error, users)
	for user := 0; user < users; user++ {
		group.Add(1)
		go func(user int) {
			defer group.Done()
			for i := user; i < count; i += users {
				var ts time.Time
				var current, phase float32
				var voltage int32
				if err := db.QueryRow(queries[i%len(queries)]).Scan(&ts, &current, &voltage, &phase); err != nil {
					failures <- err
					return
				}
			}
		}(user)
	}
	group.Wait()
	select {
	case err := <-failures:
		return sample{}, err
	default:
		return sample{Rows: count}, nil
	}
}

// connect times connecting alone: closing comes after.
func connect(url string, count int) (sample, error) {
	var opened []*sql.DB
	defer func() {
		for _, db := range opened {
			_ = db.Close()
		}
	}()
	start, before := time.Now(), cpu()
	for i := 0; i < count; i++ {
		db, err := open(url)
		if err != nil {
			return sample{}, err
		}
		opened = append(opened, db)
		if err := db.Ping(); err != nil {
			return sample{}, err
		}
	}
	return sample{Rows: count, CPU: cpu() - before, Wall: time.Since(start).Seconds()}, nil
}

func run(t task) (sample, error) {
	if t.Kind == "connect" {
		return connect(t.URL, t.Count)
	}
	db, err := pool(t.URL)
	if err != nil {
		return sample{}, err
	}
	if t.Kind == "points" {
		return points(db, t.Queries, t.Users, t.Count)
	}
	return read(db, t.SQL)
}

// cpu is what this process has used so far, user and system, in seconds.
func cpu() float64 {
	var usage syscall.Rusage
	_ = syscall.Getrusage(syscall.RUSAGE_SELF, &usage)
	seconds := func(t syscall.Timeval) float64 { return float64(t.Sec) + float64(t.Usec)/1e6 }
	return seconds(usage.Utime) + seconds(usage.Stime)
}

func main() {
	fmt.Println("ready")
	lines := bufio.NewScanner(os.Stdin)
	lines.Buffer(nil, 1<<24)
	for lines.Scan() {
		var t task
		var answer any
		err := json.Unmarshal(lines.Bytes(), &t)
		if err == nil {
			wall, before := time.Now(), cpu()
			var done sample
			done, err = run(t)
			if done.Wall == 0 {
				done.CPU, done.Wall = cpu()-before, time.Since(wall).Seconds()
			}
			answer = done
		}
		if err != nil {
			answer = map[string]string{"error": err.Error()}
		}
		line, _ := json.Marshal(answer)
		fmt.Println(string(line))
	}
}
