package main

import (
	"fmt"
	"io"
	"math"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/glearn-go/glearn/examples/internal/exampletest"
)

// price is the rent of a square metre.
var price = map[string]float64{"old town": 14, "harbour": 12, "hill": 10.5, "station": 9}

// rent is what a flat costs, but for chance: the square metres by their district,
// new houses and those from before the war more, and high floors a little.
func rent(area, floor, built float64, district string) float64 {
	age := (built - 1960) / 60
	return area*price[district]*(0.9+0.4*age*age) + 10*floor
}

// flats is the text of flats.csv, which is made up: 500 rows, of which some do not
// say the year or the district. Chance moves rents by a deviation of 40.
func flats() string {
	source := rand.NewPCG(1, 2)
	uniform := func() float64 { return float64(source.Uint64()>>11) / (1 << 53) }
	districts := []string{"old town", "harbour", "hill", "station"}
	var b strings.Builder
	b.WriteString("area,rooms,floor,built,district,rent\n")
	for range 500 {
		area := math.Round(25 + 95*uniform())
		rooms := math.Max(1, math.Round(area/28+uniform()-0.5))
		floor := math.Floor(7 * uniform())
		year := math.Round(1900 + 120*uniform())
		district := districts[int(4*uniform())]
		noise := 40 * math.Sqrt(3) * (uniform() + uniform() + uniform() + uniform() - 2)
		cost := rent(area, floor, year, district) + noise
		built := fmt.Sprint(year)
		if uniform() < 0.06 {
			built = ""
		}
		if uniform() < 0.02 {
			district = ""
		}
		fmt.Fprintf(&b, "%v,%v,%v,%s,%s,%.0f\n", area, rooms, floor, built, district, cost)
	}
	return b.String()
}

func TestFileIsMadeUp(t *testing.T) {
	text, err := os.ReadFile("flats.csv")
	if err != nil {
		t.Fatal(err)
	}
	if string(text) != flats() {
		t.Error("flats.csv is not what flats makes")
	}
}

func TestLearnsSavesAndAnswers(t *testing.T) {
	exampletest.OnEachBackend(t, func(t *testing.T, backend string) {
		var out strings.Builder
		o := options{backend: backend, epochs: 200, seed: 1, csv: "flats.csv", save: filepath.Join(t.TempDir(), "flats.safetensors")}
		if err := run(t.Context(), &out, o); err != nil {
			t.Fatal(err)
		}
		_, end, ok := strings.Cut(out.String(), "test: loss: ")
		if !ok {
			t.Fatalf("no result:\n%s", out.String())
		}
		var loss, wrong, answer float64
		if _, err := fmt.Sscanf(end, "%f - mean_absolute_error: %f\nrent: %f", &loss, &wrong, &answer); err != nil {
			t.Fatalf("%v:\n%s", err, end)
		}
		// Chance alone makes errors of 32 on average; always answering the mean
		// makes errors of about 300.
		if wrong < 25 || wrong > 65 {
			t.Errorf("the mean error is %v, want about 51", wrong)
		}
		if want := rent(80, 2, 1960, "harbour"); math.Abs(answer-want) > 100 {
			t.Errorf("the flat costs %v, want about %v", answer, want)
		}
	})
}

func TestSaysWhatIsWrong(t *testing.T) {
	for name, c := range map[string]struct{ text, want string }{
		"no column":    {"area,rooms,floor,built,rent\n1,1,1,1,1\n", "district"},
		"no number":    {"area,rooms,floor,built,district,rent\nlarge,1,1,1,hill,1\n", `"large"`},
		"few rows":     {"area,rooms,floor,built,district,rent\n1,1,1,1,hill,1\n", "folds"},
		"another cell": {"area,rooms,floor,built,district,rent\n1\n", "line 2"},
	} {
		path := filepath.Join(t.TempDir(), "flats.csv")
		if err := os.WriteFile(path, []byte(c.text), 0o666); err != nil {
			t.Fatal(err)
		}
		err := run(t.Context(), io.Discard, options{backend: "cpu", epochs: 1, csv: path, save: path + ".safetensors"})
		if err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: error %v, want %s", name, err, c.want)
		}
	}
}
