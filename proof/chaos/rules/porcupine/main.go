// Checks by Porcupine whether each message of a recorded history is linearizable.
//
//	go run . [-json] [-within 5m] history.ndjson
//
// The history is what `npm run chaos` writes, plain or gzip; "-" is the standard input. Exit status: 0 if all is linearizable,
// 1 if a message is not or the check did not finish, 2 if the history could not be read.
package main

import (
	"encoding/json"
	"flag"
	"fmt"
	"os"
	"time"
)

func main() {
	asJSON := flag.Bool("json", false, "print one JSON object a window")
	within := flag.Duration("within", 5*time.Minute, "the longest that the check may take; what is left then is not passed")
	flag.Parse()
	if flag.NArg() != 1 {
		flag.Usage()
		os.Exit(2)
	}
	total, err := checkFile(flag.Arg(0), time.Now().Add(*within), printer(*asJSON))
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(2)
	}
	if !*asJSON {
		fmt.Println(total.summary())
	}
	if total.Faulty+total.Unfinished > 0 {
		os.Exit(1)
	}
}

func checkFile(path string, deadline time.Time, print func(result)) (result, error) {
	file := os.Stdin
	if path != "-" {
		opened, err := os.Open(path)
		if err != nil {
			return result{}, err
		}
		defer opened.Close()
		file = opened
	}
	var total result
	err := eachWindow(file, func(of window) {
		found := checkWindow(of, deadline)
		total.add(found)
		print(found)
	})
	return total, err
}

func printer(asJSON bool) func(result) {
	if asJSON {
		encoder := json.NewEncoder(os.Stdout)
		return func(found result) { _ = encoder.Encode(found) }
	}
	return func(found result) {
		fmt.Printf("%s (seed %d): %s\n", found.Window, found.Seed, found.summary())
		for _, story := range found.Stories {
			fmt.Println(story)
		}
	}
}

func (r *result) add(other result) {
	r.Operations += other.Operations
	r.Implied += other.Implied
	r.Keys += other.Keys
	r.Seconds += other.Seconds
	r.Faulty += other.Faulty
	r.Unfinished += other.Unfinished
}

func (r *result) summary() string {
	verdict := "linearizable"
	switch {
	case r.Faulty > 0:
		verdict = fmt.Sprintf("not linearizable (%d keys)", r.Faulty)
	case r.Unfinished > 0:
		verdict = fmt.Sprintf("not finished (%d keys)", r.Unfinished)
	}
	return fmt.Sprintf("%s: %d operations, %d keys, %.2f s", verdict, r.Operations, r.Keys, r.Seconds)
}
