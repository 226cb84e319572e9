package compute

import (
	"errors"
	"slices"
	"strings"
	"testing"
)

func TestDrivers(t *testing.T) {
	drivers.Lock()
	before := drivers.byName
	drivers.byName = nil
	drivers.Unlock()
	t.Cleanup(func() {
		drivers.Lock()
		drivers.byName = before
		drivers.Unlock()
	})

	broken := errors.New("no such thing here")
	Register(Driver{Name: "slow", Rank: 1, Open: func() (Backend, error) { return newFake(), nil }})
	Register(Driver{Name: "fast", Rank: 9, Open: func() (Backend, error) { return nil, broken }})
	Register(Driver{Name: "also slow", Rank: 1, Open: func() (Backend, error) { return newFake(), nil }})

	var names []string
	for _, d := range Drivers() {
		names = append(names, d.Name)
	}
	if want := []string{"fast", "also slow", "slow"}; !slices.Equal(names, want) {
		t.Errorf("Drivers() = %q, want %q: by rank, then by name", names, want)
	}
	if b, err := Open("slow"); err != nil || b.Info().Backend != "fake" {
		t.Errorf("Open(slow) = %v, %v", b, err)
	}
	if _, err := Open("fast"); err != broken {
		t.Errorf("Open(fast): %v, want the driver's own error", err)
	}
	_, err := Open("vulkan")
	if !errors.Is(err, ErrNoDevice) || !strings.Contains(err.Error(), `"vulkan"`) || !strings.Contains(err.Error(), "slow") {
		t.Errorf("Open(vulkan): %v, want ErrNoDevice that says what there is", err)
	}
	defer func() {
		if p := recover(); p == nil || !strings.Contains(p.(string), "slow") {
			t.Errorf("a second driver of one name: panic %v, want one that names it", p)
		}
	}()
	Register(Driver{Name: "slow"})
}
