package main

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"net/http"
	"slices"
	"sync"
	"time"
)

// load asks the same question many times.
type load struct {
	url      string
	body     []byte
	requests int
	clients  int // how many ask at the same time, each on a connection of its own
}

// latencies are how long each answer took, ascending.
type latencies struct {
	each []time.Duration
	took time.Duration // all of them together
}

// run sends the requests and waits for all answers. The first one that is not
// 200 ends it with an error.
func (l load) run(ctx context.Context) (latencies, error) {
	if l.requests < 1 || l.clients < 1 {
		return latencies{}, fmt.Errorf("%d requests from %d clients, want 1 or more of each", l.requests, l.clients)
	}
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	client := &http.Client{Transport: &http.Transport{MaxIdleConnsPerHost: l.clients}}
	defer client.CloseIdleConnections()
	each := make([]time.Duration, l.requests)
	numbers := make(chan int)
	var clients sync.WaitGroup
	start := time.Now()
	for range l.clients {
		clients.Go(func() {
			for i := range numbers {
				asked := time.Now()
				if err := l.ask(ctx, client); err != nil {
					cancel(err)
				}
				each[i] = time.Since(asked)
			}
		})
	}
	for i := range l.requests {
		if ctx.Err() != nil {
			break
		}
		numbers <- i
	}
	close(numbers)
	clients.Wait()
	slices.Sort(each)
	return latencies{each, time.Since(start)}, context.Cause(ctx)
}

func (l load) ask(ctx context.Context, client *http.Client) error {
	request, err := http.NewRequestWithContext(ctx, http.MethodPost, l.url, bytes.NewReader(l.body))
	if err != nil {
		return err
	}
	request.Header.Set("Content-Type", "application/json")
	answer, err := client.Do(request)
	if err != nil {
		return err
	}
	defer answer.Body.Close()
	body, err := io.ReadAll(io.LimitReader(answer.Body, maxBody))
	if err == nil && answer.StatusCode != http.StatusOK {
		err = fmt.Errorf("%s answers %s: %s", l.url, answer.Status, body)
	}
	return err
}

// percentile is the latency that a share p of the answers did not exceed.
func (l latencies) percentile(p float64) time.Duration {
	return l.each[min(int(p*float64(len(l.each))), len(l.each)-1)]
}

// String has the percentiles that say how it feels to wait.
func (l latencies) String() string {
	round := func(p float64) time.Duration { return l.percentile(p).Round(10 * time.Microsecond) }
	return fmt.Sprintf("%d requests, %.0f/s: p50 %v, p90 %v, p99 %v, p99.9 %v, max %v",
		len(l.each), float64(len(l.each))/l.took.Seconds(), round(0.5), round(0.9), round(0.99), round(0.999), round(1))
}
