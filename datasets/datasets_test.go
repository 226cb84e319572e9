package datasets

import (
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"encoding/json"
	"errors"
	"math"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/glearn-go/glearn/data"
)

// expected is testdata/expected.json: what Keras' load_data gives for the
// fixtures beside it, computed with NumPy 1.24.2. The fixtures have the
// published layouts and random content.
type expected struct {
	Reuters struct {
		X     [][]int32
		Skip  [][]int32 // with skip_top 5
		Y     []int32
		Train int
	}
	IMDB struct {
		X     [][]int32
		Y     []int32
		Train int
	}
	Boston     housingRows `json:"boston_housing"`
	California housingRows `json:"california_housing"`
	MNIST      struct {
		First []int // pixels
		Sum   int   // of all training pixels
	}
}

type housingRows struct{ Y, X0 []float32 }

func fixtures(t testing.TB) expected {
	t.Helper()
	raw, err := os.ReadFile("testdata/expected.json")
	if err != nil {
		t.Fatal(err)
	}
	var e expected
	if err := json.Unmarshal(raw, &e); err != nil {
		t.Fatal(err)
	}
	return e
}

// needs skips the test where one of the real data files is absent.
func needs(t testing.TB, names ...string) {
	t.Helper()
	for _, name := range names {
		if _, err := Find(name); errors.Is(err, ErrNotFound) {
			t.Skipf("%s is not here; set %s to a folder that holds it", name, Env)
		} else if err != nil {
			t.Fatal(err)
		}
	}
}

// hash is sha256 over numbers as little-endian float32 or int32, as
// hashlib.sha256(array.tobytes()) gives it.
func hash(t testing.TB, values ...any) string {
	t.Helper()
	h := sha256.New()
	var block []byte
	add := func(bits uint32) {
		if block = binary.LittleEndian.AppendUint32(block, bits); len(block) >= 1<<16 {
			h.Write(block)
			block = block[:0]
		}
	}
	for _, v := range values {
		switch v := v.(type) {
		case []float32:
			for _, x := range v {
				add(math.Float32bits(x))
			}
		case []int32:
			for _, x := range v {
				add(uint32(x))
			}
		default:
			t.Fatalf("hash of %T", v)
		}
	}
	h.Write(block)
	return hex.EncodeToString(h.Sum(nil))
}

// hashText is sha256 over each sequence's length and numbers, as int32.
func hashText(t testing.TB, sequences [][]int32) string {
	t.Helper()
	var all []int32
	for _, s := range sequences {
		all = append(append(all, int32(len(s))), s...)
	}
	return hash(t, all)
}

func denseOf(t testing.TB, columns []data.Tensor) *data.Dense {
	t.Helper()
	d, ok := columns[0].(*data.Dense)
	if !ok {
		t.Fatalf("got %T, want *data.Dense", columns[0])
	}
	return d
}

func intsOf(t testing.TB, columns []data.Tensor) *data.Ints {
	t.Helper()
	d, ok := columns[0].(*data.Ints)
	if !ok {
		t.Fatalf("got %T, want *data.Ints", columns[0])
	}
	return d
}

// wantError checks that an error says all that it should.
func wantError(t testing.TB, what string, err error, parts ...string) {
	t.Helper()
	if err == nil {
		t.Errorf("%s: no error, want one with %q", what, parts)
		return
	}
	for _, part := range parts {
		if !strings.Contains(err.Error(), part) {
			t.Errorf("%s: error %q, want %q in it", what, err, part)
		}
	}
}

func equalSequences(a, b [][]int32) bool { return slices.EqualFunc(a, b, slices.Equal) }
