package devicememory

import "testing"

func TestLimit(t *testing.T) {
	for text, want := range map[string]int64{"": 7, "4096": 4096, "64K": 64 << 10, "3m": 3 << 20, "2G": 2 << 30} {
		t.Setenv(Variable, text)
		if got, err := Limit(7); err != nil || got != want {
			t.Errorf("%q: %d, %v, want %d", text, got, err, want)
		}
	}
	for _, text := range []string{"0", "-1", "M", "1.5G", "many", "9999999999G", "1T"} {
		t.Setenv(Variable, text)
		if got, err := Limit(7); err == nil {
			t.Errorf("%q: %d, want an error", text, got)
		}
	}
}
