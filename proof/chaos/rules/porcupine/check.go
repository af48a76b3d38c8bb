package main

import (
	"time"

	"github.com/anishathalye/porcupine"
)

// mostStories bounds what is printed of a window in which much went wrong.
const mostStories = 20

// result is what came of a window; as JSON, one line of what `npm run chaos` reads.
type result struct {
	Window     string  `json:"window"`
	Seed       int64   `json:"seed"`
	StartMs    float64 `json:"startMs"`
	Operations int     `json:"operations"`
	// Implied is how many of the operations were reads that follow from others, so that Porcupine was not asked.
	Implied int     `json:"implied"`
	Keys    int     `json:"keys"`
	Seconds float64 `json:"seconds"`
	// Faulty messages are not linearizable; of unfinished ones nothing is known. Stories tell of the first of both.
	Faulty     int      `json:"faulty"`
	Unfinished int      `json:"unfinished"`
	Stories    []string `json:"stories"`
}

// checkWindow checks each message of a window; what is left when the deadline has passed is unfinished.
func checkWindow(of window, deadline time.Time) result {
	began := time.Now()
	found := result{Window: of.Name, Seed: of.Seed, StartMs: of.StartMs, Stories: []string{}}
	eachMessage(of, func(m *message) {
		found.Keys++
		found.Operations += len(m.operations) + m.implied
		found.Implied += m.implied
		outcome := m.check(of, deadline)
		switch outcome {
		case porcupine.Ok:
			return
		case porcupine.Illegal:
			found.Faulty++
		default:
			found.Unfinished++
		}
		if len(found.Stories) < mostStories {
			found.Stories = append(found.Stories, m.story(outcome))
		}
	})
	found.Seconds = time.Since(began).Seconds()
	return found
}

func (m *message) check(of window, deadline time.Time) porcupine.CheckResult {
	outcome := checkOperations(m.operations, deadline)
	if outcome == porcupine.Ok || !of.MemoryLost {
		return outcome
	}
	// The message may have been lost with the memory, or put behind that.
	lost := porcupine.Operation{Input: lose, Call: micros(of.InjectedMs), Return: micros(of.HealedMs), Metadata: nil}
	if withLoss := checkOperations(append(m.operations, lost), deadline); withLoss != porcupine.Illegal {
		return withLoss
	}
	return outcome
}

func checkOperations(operations []porcupine.Operation, deadline time.Time) porcupine.CheckResult {
	left := time.Until(deadline)
	if left <= 0 { // to Porcupine, no time is time without end
		return porcupine.Unknown
	}
	return porcupine.CheckOperationsTimeout(model, operations, left)
}
