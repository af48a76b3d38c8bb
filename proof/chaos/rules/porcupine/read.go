package main

import (
	"cmp"
	"slices"
)

// seenAt is a whole read: of all messages of a window.
type seenAt struct {
	name       string
	start, end int64
	ranges     [][2]int64
	// behind is how many of the ranges were passed by.
	behind int
}

// readsOf gives the whole reads of a window, in the order in which they ended.
func readsOf(of window) []*seenAt {
	var reads []*seenAt
	var latest float64
	for _, post := range of.posts {
		latest = max(latest, post.EndMs)
	}
	for _, get := range of.gets {
		latest = max(latest, get.EndMs)
		if get.Seen != nil {
			reads = append(reads, &seenAt{
				name: "GET " + get.Format, start: micros(get.StartMs), end: micros(get.EndMs), ranges: get.Seen.Ranges})
		}
	}
	slices.SortFunc(reads, func(a, b *seenAt) int { return cmp.Compare(a.end, b.end) })
	if of.FinalRead != nil {
		// Its times are not recorded: it begins when all requests of the window have ended, so not in the same moment.
		start := min(micros(latest)+1, micros(of.EndMs))
		reads = append(reads, &seenAt{name: "the final read", start: start, end: micros(of.EndMs), ranges: of.FinalRead.Ranges})
	}
	return reads
}

// has says whether the read had a message; messages are to be asked for in the order of their numbers.
func (r *seenAt) has(n int64) bool {
	for r.behind < len(r.ranges) && r.ranges[r.behind][1] < n {
		r.behind++
	}
	return r.behind < len(r.ranges) && r.ranges[r.behind][0] <= n
}
