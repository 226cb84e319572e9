package nn

import (
	"slices"
	"testing"
)

func TestRecentKeepsWhatWasUsedLast(t *testing.T) {
	var freed []int
	r := recent[string, int]{limit: 2, free: func(v int) { freed = append(freed, v) }}
	r.put("a", 1)
	r.put("b", 2)
	if v, ok := r.get("a"); !ok || v != 1 {
		t.Errorf("a is %d, %v", v, ok)
	}
	r.put("c", 3) // b was used before a
	if _, ok := r.get("b"); ok || !slices.Equal(freed, []int{2}) {
		t.Errorf("b is kept: %v, freed %v", ok, freed)
	}
	r.clear()
	if _, ok := r.get("a"); ok || !slices.Equal(freed, []int{2, 3, 1}) {
		t.Errorf("a is kept: %v, freed %v", ok, freed)
	}
}
