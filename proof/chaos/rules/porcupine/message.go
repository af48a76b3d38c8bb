package main

import (
	"cmp"
	"math"
	"slices"

	"github.com/anishathalye/porcupine"
)

// action is what an operation does to a message.
type action int

const (
	put action = iota
	read
	// lose stands for the memory of all members, which a fault takes on purpose.
	lose
)

// model is one message: it is absent until it is put. Each message is a history of its own.
var model = porcupine.Model{
	Init: func() any { return false },
	Step: func(isThere, input, output any) (bool, any) {
		switch input.(action) {
		case put:
			return true, true
		case lose:
			return true, false
		default:
			return output == isThere, isThere
		}
	},
}

// never is the end of a POST that was not acknowledged: it may take effect at any time, or after everything, as if never.
const never = math.MaxInt64

// message is one key, with the operations on it.
type message struct {
	n int64
	// operations leaves out the reads that are implied, which are only counted.
	operations []porcupine.Operation
	implied    int
	// postedAt is when its first POST began; thereFrom is when it was first acknowledged or the first read with it ended.
	postedAt, thereFrom int64
	// latestWithout is the place of the read without it that began last; -1 if there is none.
	latestWithout int
	wasRead       bool
}

// eachMessage visits each message of a window, in the order of their numbers: each that was posted in it, or read. A whole read
// is a read of each of them, as the reads of a window go from its beginning to the newest message. There may be a hundred
// million of them, so that only one message has its operations in memory.
func eachMessage(of window, visit func(*message)) {
	posts := map[int64][]*event{}
	for index := range of.posts {
		post := &of.posts[index]
		posts[post.N] = append(posts[post.N], post)
	}
	reads := readsOf(of)
	for _, n := range numbersOf(of, reads) {
		m := message{n: n, postedAt: never, thereFrom: never, latestWithout: -1}
		for _, post := range posts[n] {
			m.addPost(post)
		}
		for _, each := range reads {
			m.addRead(each, of.MemoryLost)
		}
		visit(&m)
	}
}

// numbersOf gives the numbers of the messages, in their order. Smaller ones than the window's first are of a late retry of an
// earlier window's message, at which no read of this one looks.
func numbersOf(of window, reads []*seenAt) []int64 {
	var spans [][2]int64
	for _, post := range of.posts {
		spans = append(spans, [2]int64{post.N, post.N})
	}
	for _, each := range reads {
		spans = append(spans, each.ranges...)
	}
	slices.SortFunc(spans, func(a, b [2]int64) int { return cmp.Compare(a[0], b[0]) })
	var numbers []int64
	next := of.FirstN
	for _, span := range spans {
		for next = max(next, span[0]); next <= span[1]; next++ {
			numbers = append(numbers, next)
		}
	}
	return numbers
}

func (m *message) addPost(post *event) {
	start, end := micros(post.StartMs), int64(never)
	if post.Status >= 200 && post.Status < 300 {
		end = micros(post.EndMs)
	}
	m.operations = append(m.operations, porcupine.Operation{Input: put, Call: start, Return: end, Metadata: post})
	m.postedAt = min(m.postedAt, start)
	m.thereFrom = min(m.thereFrom, end)
}

// addRead adds a read, unless it is implied; reads are to be added in the order in which they ended. These reads make no history
// wrong that is right without them: whatever the order of the other operations, each can be put into it.
//   - A read without the message that ended before its first POST began: nothing has put it there yet.
//   - Of the reads without it, all but the one that began last: just behind the last operation that ended before it began, and
//     that is before the one that is kept, so that nothing has put the message there yet.
//   - Of the reads with it, all but the one that ended first, and all that began after an acknowledgement: just before the first
//     operation that began after it ended, and that is behind the one that is kept, or the acknowledged POST.
//
// The last two take it that nothing removes a message. Where memory is lost on purpose all are kept.
func (m *message) addRead(from *seenAt, memoryLost bool) {
	isThere := from.has(m.n)
	operation := porcupine.Operation{Input: read, Output: isThere, Call: from.start, Return: from.end, Metadata: from}
	switch {
	case !isThere && from.end < m.postedAt:
		m.implied++
	case memoryLost:
		m.operations = append(m.operations, operation)
	case isThere && (m.wasRead || m.thereFrom < from.start):
		m.implied++
	case !isThere && m.latestWithout >= 0:
		m.implied++
		if from.start > m.operations[m.latestWithout].Call {
			m.operations[m.latestWithout] = operation
		}
	default:
		if !isThere {
			m.latestWithout = len(m.operations)
		}
		m.operations = append(m.operations, operation)
	}
	if isThere {
		m.wasRead = true
		m.thereFrom = min(m.thereFrom, from.end)
	}
}
