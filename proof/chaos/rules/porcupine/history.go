package main

import (
	"bufio"
	"compress/gzip"
	"encoding/json"
	"fmt"
	"io"
	"math"
)

// seen is what a whole read had: numbers of messages, as sorted ranges with both ends.
type seen struct {
	Ranges [][2]int64 `json:"ranges"`
}

// event is one line of a history, as far as it is looked at here; ../history.ts says what each field means.
type event struct {
	Kind    string  `json:"kind"`
	StartMs float64 `json:"startMs"`
	EndMs   float64 `json:"endMs"`

	// Of a POST.
	N      int64  `json:"n"`
	Status int    `json:"status"`
	Logger string `json:"logger"`

	// Of a GET.
	Format string `json:"format"`
	Seen   *seen  `json:"seen"`

	// Of a window.
	Name       string  `json:"name"`
	Seed       int64   `json:"seed"`
	InjectedMs float64 `json:"injectedMs"`
	HealedMs   float64 `json:"healedMs"`
	FirstN     int64   `json:"firstN"`
	FinalRead  *seen   `json:"finalRead"`
	MemoryLost bool    `json:"memoryLost"`
}

// window is one fault, with the requests that started in it.
type window struct {
	event
	posts, gets []event
}

// eachWindow reads a history, plain or gzip, and visits its windows. Events come in the order in which they ended, so a
// window comes behind its requests, and no more than one window is in memory. What is in none was not checked: an error.
func eachWindow(history io.Reader, visit func(window)) error {
	buffered := bufio.NewReaderSize(history, 1<<20)
	var plain io.Reader = buffered
	if magic, _ := buffered.Peek(2); len(magic) == 2 && magic[0] == 0x1f && magic[1] == 0x8b {
		unzipped, err := gzip.NewReader(buffered)
		if err != nil {
			return err
		}
		plain = unzipped
	}
	decoder := json.NewDecoder(plain)
	var requests []event
	windows := 0
	for number := 1; ; number++ {
		var next event
		err := decoder.Decode(&next)
		switch {
		case err == io.EOF && windows == 0:
			return fmt.Errorf("the history has no window")
		case err == io.EOF && len(requests) > 0:
			return fmt.Errorf("%d requests are in no window, unchecked", len(requests))
		case err == io.EOF:
			return nil
		case err != nil:
			return fmt.Errorf("event %d of the history: %w", number, err)
		case next.Kind == "post" || next.Kind == "get":
			requests = append(requests, next)
		case next.Kind == "window":
			windows++
			var found window
			found, requests = takeWindow(next, requests)
			visit(found)
		default:
			return fmt.Errorf("event %d of the history is of no known kind", number)
		}
	}
}

func takeWindow(of event, requests []event) (window, []event) {
	found := window{event: of}
	var others []event
	for _, request := range requests {
		switch {
		case request.StartMs < of.StartMs || request.StartMs > of.EndMs:
			others = append(others, request)
		case request.Kind == "post":
			found.posts = append(found.posts, request)
		default:
			found.gets = append(found.gets, request)
		}
	}
	return found, others
}

// micros makes a moment of the history a whole number, as Porcupine takes it.
func micros(ms float64) int64 {
	return int64(math.Round(1000 * ms))
}
