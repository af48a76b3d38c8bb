package main

import (
	"bytes"
	"compress/gzip"
	"math/rand"
	"strings"
	"testing"
	"time"

	"github.com/anishathalye/porcupine"
)

// at is a window of 100 ms with these requests, the message 1 as its first, and a final read.
func at(requests []event, final ...[2]int64) window {
	of := event{Kind: "window", Name: "a fault", EndMs: 100, FirstN: 1, FinalRead: &seen{Ranges: final}}
	found, others := takeWindow(of, requests)
	if len(others) > 0 {
		panic("a request is not in the window")
	}
	return found
}

func post(startMs, endMs float64, status int) event {
	return event{Kind: "post", N: 1, StartMs: startMs, EndMs: endMs, Status: status}
}

func get(startMs, endMs float64, ranges ...[2]int64) event {
	return event{Kind: "get", Format: "json", StartMs: startMs, EndMs: endMs, Seen: &seen{Ranges: ranges}}
}

func soon() time.Time { return time.Now().Add(time.Minute) }

var (
	one  = [2]int64{1, 1}
	none = [][2]int64{}
)

func TestMessages(t *testing.T) {
	memoryLost := func(of window) window {
		of.MemoryLost, of.InjectedMs, of.HealedMs = true, 20, 30
		return of
	}
	for name, test := range map[string]struct {
		of     window
		faulty int
	}{
		"acknowledged and there":                      {at([]event{post(1, 2, 201), get(3, 4, one)}, one), 0},
		"acknowledged and lacking":                    {at([]event{post(1, 2, 201), get(3, 4)}, one), 1},
		"lacking in a read from before the answer":    {at([]event{post(1, 2, 201), get(2, 4)}, one), 0},
		"acknowledged and lost":                       {at([]event{post(1, 2, 201)}, none...), 1},
		"read before its POST":                        {at([]event{get(1, 2, one), post(3, 4, 201)}, one), 1},
		"never posted, but read":                      {at([]event{get(1, 2, one)}, none...), 1},
		"not acknowledged, and never there":           {at([]event{post(1, 2, 503), get(3, 4)}, none...), 0},
		"not acknowledged, and there later":           {at([]event{post(1, 2, 0), get(3, 4), get(50, 51, one)}, one), 0},
		"not acknowledged, read, and gone":            {at([]event{post(1, 2, 0), get(3, 4, one), get(5, 6)}, none...), 1},
		"read while it is posted, and not there then": {at([]event{post(1, 90, 201), get(3, 4, one), get(5, 6)}, one), 1},
		"the same in reads at the same time":          {at([]event{post(1, 90, 201), get(3, 5, one), get(5, 6)}, one), 0},
		"refused, and acknowledged when tried again":  {at([]event{post(1, 2, 503), get(3, 4), post(5, 6, 200), get(7, 8)}, one), 1},
		"an earlier window's, of which nothing is read": {
			at([]event{{Kind: "post", N: 0, StartMs: 1, EndMs: 2, Status: 201}}, none...), 0},
		"lost with the memory":          {memoryLost(at([]event{post(1, 2, 201), get(10, 11, one), get(40, 41)}, none...)), 0},
		"kept though memory was lost":   {memoryLost(at([]event{post(1, 2, 201), get(40, 41, one)}, one)), 0},
		"lost before the memory was":    {memoryLost(at([]event{post(1, 2, 201), get(10, 11)}, none...)), 1},
		"lost with the memory and back": {memoryLost(at([]event{post(1, 2, 201), get(40, 41)}, one)), 1},
		"put into the new memory, lost": {memoryLost(at([]event{post(31, 32, 201), get(40, 41, one)}, none...)), 1},
	} {
		found := checkWindow(test.of, soon())
		if found.Faulty != test.faulty || found.Unfinished != 0 {
			t.Errorf("%s: %d at fault, %d unfinished\n%s", name, found.Faulty, found.Unfinished, strings.Join(found.Stories, "\n"))
		}
	}
}

func TestImpliedReadsChangeNothing(t *testing.T) {
	random := rand.New(rand.NewSource(1))
	outcomes := map[porcupine.CheckResult]int{}
	for range 5_000 {
		var requests []event
		for range 1 + random.Intn(2) {
			startMs := float64(random.Intn(20))
			requests = append(requests, post(startMs, startMs+float64(random.Intn(10)), []int{0, 201}[random.Intn(2)]))
		}
		for range random.Intn(6) {
			startMs := float64(random.Intn(30))
			var ranges [][2]int64
			if float64(random.Intn(30)) < startMs {
				ranges = append(ranges, one)
			}
			requests = append(requests, get(startMs, startMs+float64(random.Intn(10)), ranges...))
		}
		of := at(requests, one)
		of.MemoryLost, of.InjectedMs, of.HealedMs = random.Intn(4) == 0, 10, 15
		whole := message{}
		for index := range of.posts {
			whole.addPost(&of.posts[index])
		}
		for _, each := range readsOf(of) {
			whole.operations = append(whole.operations, porcupine.Operation{
				Input: read, Output: len(each.ranges) > 0, Call: each.start, Return: each.end})
		}
		expected := whole.check(of, soon())
		eachMessage(of, func(m *message) {
			outcome := m.check(of, soon())
			if outcome != expected {
				t.Fatalf("%v with all reads, %v without those that are implied\n%s", expected, outcome, m.story(outcome))
			}
			outcomes[outcome]++
		})
	}
	if outcomes[porcupine.Ok] < 500 || outcomes[porcupine.Illegal] < 500 || outcomes[porcupine.Unknown] > 0 {
		t.Errorf("the histories are not of both kinds: %v", outcomes)
	}
}

func TestCountsAllOperations(t *testing.T) {
	found := checkWindow(at([]event{post(1, 2, 201), get(0, 0), get(3, 4, one), get(5, 6, [2]int64{1, 2})}, [2]int64{1, 2}), soon())
	// Two messages, as 2 was read: a POST, and three GETs and the final read of each.
	if found.Operations != 9 || found.Keys != 2 || found.Faulty != 1 || found.Implied == 0 {
		t.Errorf("%+v", found)
	}
}

func TestUnfinishedIsNotPassed(t *testing.T) {
	found := checkWindow(at([]event{post(1, 2, 201)}, one), time.Now())
	if found.Unfinished != 1 || found.Faulty != 0 || !strings.Contains(found.Stories[0], "could not be checked in time") {
		t.Errorf("%+v", found)
	}
}

func TestStory(t *testing.T) {
	lost := post(1.5, 2, 201)
	lost.Logger = "logger-2"
	found := checkWindow(at([]event{post(0.5, 1, 0), lost, get(3, 4), get(5, 6)}, none...), soon())
	expected := `message 1 is not linearizable:
  0.0005 s to 0.0010 s: POST, no whole answer
  0.0015 s to 0.0020 s: POST, answered 201 by logger-2
  0.0060 s to 0.1000 s: the final read has it not
  and 2 reads that say nothing more`
	if len(found.Stories) != 1 || found.Stories[0] != expected {
		t.Errorf("%s", strings.Join(found.Stories, "\n"))
	}
}

const (
	postLine   = `{"kind":"post","n":1,"uuid":"","startMs":1,"endMs":2.5,"status":201,"logger":"logger-1"}` + "\n"
	getLine    = `{"kind":"get","format":"text","startMs":3,"endMs":4,"status":200,"seen":{"ranges":[[1,1]],"repeated":[]}}` + "\n"
	windowLine = `{"kind":"window","name":"a","seed":3,"startMs":0,"injectedMs":1,"healedMs":2,"endMs":5,"firstN":1,"bars":{}}` + "\n"
)

func TestHistories(t *testing.T) {
	read := func(history string) (windows []window, err error) {
		err = eachWindow(strings.NewReader(history), func(of window) { windows = append(windows, of) })
		return windows, err
	}
	whole := postLine + getLine + windowLine
	var zipped bytes.Buffer
	writer := gzip.NewWriter(&zipped)
	_, _ = writer.Write([]byte(whole))
	_ = writer.Close()
	for _, history := range []string{whole, zipped.String()} {
		windows, err := read(history)
		if err != nil || len(windows) != 1 || len(windows[0].posts) != 1 || len(windows[0].gets) != 1 {
			t.Errorf("%v %+v", err, windows)
		}
	}
	for history, problem := range map[string]string{
		"":                            "no window",
		postLine:                      "no window",
		whole + postLine:              "1 requests are in no window",
		whole[:len(whole)-10]:         "event 3 of the history: unexpected EOF",
		`{"kind":"put"}`:              "event 1 of the history is of no known kind",
		zipped.String()[:40]:          "unexpected EOF",
		postLine + "x" + windowLine:   "event 2 of the history",
		postLine + windowLine[1:]:     "event 2 of the history",
		windowLine + `{"kind":"get"`:  "event 2 of the history: unexpected EOF",
		`{"kind":"post","n":"three"}`: "event 1 of the history",
	} {
		if _, err := read(history); err == nil || !strings.Contains(err.Error(), problem) {
			t.Errorf("%q: %v", history, err)
		}
	}
}
