package compute

import "testing"

// The known answers that come with Random123, its authors' own code
// (tests/kat_vectors, philox4x32 with 10 rounds).
func TestPhiloxKnownAnswers(t *testing.T) {
	for _, k := range []struct {
		counter [4]uint32
		key     [2]uint32
		want    [4]uint32
	}{
		{want: [4]uint32{0x6627e8d5, 0xe169c58d, 0xbc57ac4c, 0x9b00dbd8}},
		{
			counter: [4]uint32{0xffffffff, 0xffffffff, 0xffffffff, 0xffffffff}, key: [2]uint32{0xffffffff, 0xffffffff},
			want: [4]uint32{0x408f276d, 0x41c83b0e, 0xa20bc7c6, 0x6d5451fd},
		},
		{ // the digits of pi
			counter: [4]uint32{0x243f6a88, 0x85a308d3, 0x13198a2e, 0x03707344}, key: [2]uint32{0xa4093822, 0x299f31d0},
			want: [4]uint32{0xd16cfe09, 0x94fdcceb, 0x5001e420, 0x24126ea1},
		},
	} {
		if got := Philox(k.counter, k.key); got != k.want {
			t.Errorf("Philox(%#x, %#x) = %#x, want %#x", k.counter, k.key, got, k.want)
		}
	}
}

func TestUniformAt(t *testing.T) {
	// Four neighbours are the four lanes of one block.
	words := Philox([4]uint32{2, 7, 0, 0}, [2]uint32{5, 6})
	for lane, w := range words {
		if got, want := UniformAt(5, 6, 7, 8+lane), float32(w>>8)/(1<<24); got != want {
			t.Errorf("element %d is %g, want %g", 8+lane, got, want)
		}
	}
	const n = 100_000
	sum, squares, most := 0.0, 0.0, float32(0)
	for i := range n {
		u := UniformAt(1, 2, 3, i)
		if u < 0 || u >= 1 {
			t.Fatalf("element %d is %g, outside [0, 1)", i, u)
		}
		sum += float64(u)
		squares += float64(u) * float64(u)
		most = max(most, u)
	}
	// Five standard errors of a uniform mean and of its second moment.
	if mean := sum / n; mean < 0.5-0.0046 || mean > 0.5+0.0046 {
		t.Errorf("the mean of %d numbers is %g, want about 1/2", n, mean)
	}
	if m := squares / n; m < 1.0/3-0.0048 || m > 1.0/3+0.0048 {
		t.Errorf("the mean square of %d numbers is %g, want about 1/3", n, m)
	}
	if most < 0.999 {
		t.Errorf("the largest of %d numbers is %g", n, most)
	}
	for name, other := range map[string]float32{"seed": UniformAt(2, 2, 3, 0), "stream": UniformAt(1, 3, 3, 0), "step": UniformAt(1, 2, 4, 0)} {
		if other == UniformAt(1, 2, 3, 0) {
			t.Errorf("another %s gives the same number", name)
		}
	}
}
