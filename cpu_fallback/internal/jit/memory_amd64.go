package jit

import "sync"

// Loops are kept for good: the same formula, in another model or a later one,
// is the same code, so there are as many as there are kinds of formulas.
var loops struct {
	sync.Mutex
	byCode map[string]*Loop
	bytes  int
}

// mostBytes bounds the memory that loops take, for a program that makes new
// formulas all the time.
const mostBytes = 16 << 20

// load makes code executable, in memory of its own that can then no longer be
// written to.
func load(code []byte, wide bool) (*Loop, error) {
	loops.Lock()
	defer loops.Unlock()
	if l, ok := loops.byCode[string(code)]; ok {
		return l, nil
	}
	if loops.bytes+len(code) > mostBytes {
		return nil, ErrTooLarge
	}
	entry, size, err := executable(code)
	if err != nil {
		return nil, err
	}
	if loops.byCode == nil {
		loops.byCode = map[string]*Loop{}
	}
	l := &Loop{entry: entry, wide: wide}
	loops.byCode[string(code)] = l
	loops.bytes += size
	return l, nil
}
