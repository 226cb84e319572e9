package jit

import (
	"runtime"
	"sync"
	"weak"
)

// loops holds every loop that a program still has: the same formula, in another
// model or in a later one, is the same code.
var loops struct {
	sync.Mutex
	byCode map[string]weak.Pointer[Loop]
	bytes  int // of all code in memory
}

// mostBytes bounds the memory that loops take.
const mostBytes = 16 << 20

// load makes code executable, in memory of its own that can then no longer be
// written to. It is given back when nobody has the loop any more.
func load(code []byte, wide bool) (*Loop, error) {
	loops.Lock()
	defer loops.Unlock()
	if l := loops.byCode[string(code)].Value(); l != nil {
		return l, nil
	}
	if loops.bytes+len(code) > mostBytes {
		return nil, ErrFull
	}
	memory, err := executable(code)
	if err != nil {
		return nil, err
	}
	if loops.byCode == nil {
		loops.byCode = map[string]weak.Pointer[Loop]{}
	}
	l := &Loop{entry: &memory[0], wide: wide}
	key, self := string(code), weak.Make(l)
	loops.byCode[key] = self
	loops.bytes += len(memory)
	runtime.AddCleanup(l, func(memory []byte) { unload(key, self, memory) }, memory)
	return l, nil
}

// unload gives the memory of a loop back. Memory that the system does not take
// counts on.
func unload(key string, self weak.Pointer[Loop], memory []byte) {
	loops.Lock()
	defer loops.Unlock()
	if loops.byCode[key] == self { // not a later loop of the same code
		delete(loops.byCode, key)
	}
	if n := len(memory); release(memory) == nil {
		loops.bytes -= n
	}
}
