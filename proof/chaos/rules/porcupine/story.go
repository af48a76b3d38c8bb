package main

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/anishathalye/porcupine"
)

// mostLines bounds one story.
const mostLines = 24

// story tells what happened to a message, one operation a line, in the order in which they began.
func (m *message) story(outcome porcupine.CheckResult) string {
	what := "is not linearizable"
	if outcome != porcupine.Illegal {
		what = "could not be checked in time"
	}
	operations := slices.Clone(m.operations)
	slices.SortStableFunc(operations, func(a, b porcupine.Operation) int { return cmp.Compare(a.Call, b.Call) })
	lines := []string{fmt.Sprintf("message %d %s:", m.n, what)}
	for at := 0; at < len(operations); {
		// Reads that had the same are one line.
		until := at + 1
		for until < len(operations) && operations[at].Input == read && operations[until].Input == read &&
			operations[at].Output == operations[until].Output {
			until++
		}
		lines = append(lines, line(operations[at:until]))
		at = until
	}
	if len(lines) > mostLines {
		lines = append(lines[:mostLines], fmt.Sprintf("… and %d lines more", len(lines)-mostLines))
	}
	if m.implied > 0 {
		lines = append(lines, fmt.Sprintf("and %d reads that say nothing more", m.implied))
	}
	return strings.Join(lines, "\n  ")
}

func line(alike []porcupine.Operation) string {
	first, last := alike[0], alike[len(alike)-1]
	switch of := first.Metadata.(type) {
	case *event:
		where := ""
		if of.Logger != "" {
			where = " by " + of.Logger
		}
		status := "no whole answer"
		if of.Status != 0 {
			status = fmt.Sprintf("answered %d", of.Status)
		}
		return fmt.Sprintf("%s to %s: POST, %s%s", moment(micros(of.StartMs)), moment(micros(of.EndMs)), status, where)
	case *seenAt:
		had := "has it not"
		if first.Output == true {
			had = "has it"
		}
		name := of.name
		if len(alike) > 1 {
			name = fmt.Sprintf("each of %d reads", len(alike))
		}
		return fmt.Sprintf("%s to %s: %s %s", moment(first.Call), moment(last.Return), name, had)
	default:
		panic("an operation is neither a POST nor a read")
	}
}

func moment(micros int64) string {
	return fmt.Sprintf("%.4f s", float64(micros)/1e6)
}
