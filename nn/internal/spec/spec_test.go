package spec

import (
	"errors"
	"fmt"
	"math"
	"reflect"
	"strings"
	"testing"

	"github.com/glearn-go/glearn/internal/memtest"
)

// A small world of configuration with every kind of field.
type shape interface{ Area() float64 }

type (
	square struct{ Side float64 }
	scaled struct {
		By    *float64
		Shape shape
	}
	named   string
	number  float64
	pointed struct{ Names []string }
	group   struct {
		common
		Shapes []shape
		ByName map[string]shape
		ByID   map[int]string
		Pair   [2]int8
		Small  float32
		Count  uint16
		On     bool
		Tagged int `json:"other_name"`
		Hidden int `json:"-"`
		state  int
	}
	common  struct{ LearningRate, UseEMA float64 }
	wrapped struct{ F func() }
	fn      func()
	limited struct{ N int }
)

func (square) Area() float64   { return 1 }
func (scaled) Area() float64   { return 1 }
func (named) Area() float64    { return 1 }
func (number) Area() float64   { return 1 }
func (*pointed) Area() float64 { return 1 }
func (group) Area() float64    { return 1 }
func (wrapped) Area() float64  { return 1 }
func (fn) Area() float64       { return 1 }
func (limited) Area() float64  { return 1 }
func (l limited) Check() error {
	if l.N < 0 {
		return fmt.Errorf("N is %d, want at least 0", l.N)
	}
	return nil
}

func init() {
	Register[shape](square{}, scaled{}, named(""), number(0), &pointed{}, group{}, wrapped{}, limited{}, behind{})
}

// full is a value that uses everything.
func full() shape {
	return group{
		common: common{LearningRate: 0.1, UseEMA: math.Inf(-1)},
		Shapes: []shape{square{2}, named("circle"), number(0.25), nil, scaled{By: new(0.0), Shape: &pointed{Names: []string{"a", "b\n\"ü"}}}},
		ByName: map[string]shape{"x": square{}, "": scaled{}},
		ByID:   map[int]string{-3: "three", 12: ""},
		Pair:   [2]int8{-128, 127}, Small: 0.1, Count: 65535, On: true, Tagged: 4,
	}
}

func TestRoundTrip(t *testing.T) {
	for _, want := range []shape{nil, square{}, square{math.NaN()}, scaled{Shape: scaled{Shape: named("relu")}}, number(1e-300), &pointed{}, full()} {
		data, err := Encode(want)
		if err != nil {
			t.Errorf("%#v: %v", want, err)
			continue
		}
		got, err := Decode[shape](data)
		if err != nil {
			t.Errorf("%s: %v", data, err)
			continue
		}
		if again, err := Encode(got); err != nil || string(again) != string(data) {
			t.Errorf("%s comes back as %s, %v", data, again, err)
		}
		if s, ok := want.(square); (!ok || !math.IsNaN(s.Side)) && !reflect.DeepEqual(got, want) {
			t.Errorf("%#v comes back as %#v", want, got)
		}
	}
}

func TestFormat(t *testing.T) {
	for _, c := range []struct {
		v    shape
		want string
	}{
		{square{2}, `{"class":"square","config":{"side":2}}`},
		{&square{}, `{"class":"square"}`},
		{named("relu"), `"relu"`},
		{number(0.01), `0.01`},
		{group{common: common{UseEMA: 1}}, `{"class":"group","config":{"use_ema":1}}`},
		{group{Tagged: 1, Hidden: 5, state: 5}, `{"class":"group","config":{"other_name":1}}`},
	} {
		if got, err := Encode(c.v); err != nil || string(got) != c.want {
			t.Errorf("%#v is %s, %v; want %s", c.v, got, err, c.want)
		}
	}
	for name, want := range map[string]string{"LearningRate": "learning_rate", "UseEMA": "use_ema", "EMAMomentum": "ema_momentum",
		"L1": "l1", "L2Shrinkage": "l2_shrinkage", "Beta1": "beta1", "ID": "id", "FromLogits": "from_logits"} {
		if got := snake(name); got != want {
			t.Errorf("snake(%s) is %s, want %s", name, got, want)
		}
	}
}

func TestEncodeRefuses(t *testing.T) {
	self := &scaled{}
	self.Shape = self
	type odd struct{ C complex128 }
	type keyed struct{ M map[[2]int]int }
	type twice struct {
		Name  int
		Other int `json:"name"`
	}
	for what, f := range map[string]func() error{
		"function, which cannot be saved": func() error { _, err := Encode[shape](fn(func() {})); return err },
		"f is a Go function":              func() error { _, err := Encode(wrapped{F: func() {}}); return err },
		"holds itself":                    func() error { _, err := Encode[shape](self); return err },
		"not registered":                  func() error { _, err := Encode[fmt.Stringer](reflect.ValueOf(1)); return err },
		"nil *":                           func() error { _, err := Encode[shape]((*pointed)(nil)); return err },
		"complex128":                      func() error { _, err := Encode(odd{1}); return err },
		"keys of type":                    func() error { _, err := Encode(keyed{map[[2]int]int{{}: 1}}); return err },
		"two fields":                      func() error { _, err := Encode(twice{1, 2}); return err },
		"UTF-8":                           func() error { _, err := Encode[shape](named("\xff")); return err },
	} {
		if err := f(); err == nil || !strings.Contains(err.Error(), what) {
			t.Errorf("want an error with %q, got %v", what, err)
		}
	}
}

func TestDecodeRefuses(t *testing.T) {
	for data, what := range map[string]string{
		``:                                    "ends too early",
		`{"class":`:                           `no "class"`,
		`{"class":"square","config":{"side":`: "byte 35: spec.shape(square).side: the JSON ends too early",
		`{"class":"square","config":{"side":01}}`:                     "no number",
		`{"class":"square","config":{"side":1.}}`:                     "no number",
		`{"class":"square","config":{"side":+1}}`:                     "no JSON",
		`{"class":"square","config":{"side":1,}}`:                     "belongs",
		`{"class":"square" "config":{}}`:                              "belongs",
		`{"config":{},"class":"square"}`:                              `no "class" at its beginning`,
		`{"class":"square"} x`:                                        "follows",
		"{\"class\":\"square\"}\x00":                                  "follows",
		`{"class":"cube"}`:                                            `unknown class "cube", want one of behind, group, limited`,
		`{"config":{}}`:                                               `no "class"`,
		`{"class":3}`:                                                 `no "class"`,
		`{"class":"square","x":1}`:                                    `"x" beside`,
		`{"class":"square","class":"group"}`:                          "twice",
		`{"class":"square","config":{"edge":2}}`:                      `no field "edge"`,
		`{"class":"square","config":{"side":true}}`:                   "truth value",
		`{"class":"square","config":{"side":"big"}}`:                  "text",
		`{"class":"square","config":{"side":1e999}}`:                  "fit",
		`{"class":"square","config":{"side":null}}`:                   "null",
		`{"class":"group","config":{"small":1e300}}`:                  "fit",
		`{"class":"group","config":{"count":-1}}`:                     "fit",
		`{"class":"group","config":{"count":1.5}}`:                    "fit",
		`{"class":"group","config":{"pair":[1]}}`:                     "1 elements",
		`{"class":"group","config":{"pair":[1,200]}}`:                 "pair[1]: 200 does not fit",
		`{"class":"group","config":{"by_id":{"01":"x"}}}`:             "key",
		`{"class":"group","config":{"by_id":{"1":"x","1":""}}}`:       "twice",
		`{"class":"group","config":{"on":true,"on":true}}`:            "twice",
		`{"class":"group","config":{"by_name":{"x":{}}}}`:             `group).by_name[x]: the object has no "class"`,
		`{"class":"group","config":{"hidden":1}}`:                     "no field",
		`{"class":"group","config":{"shapes":{}}}`:                    "an object",
		`{"class":"group","config":{"shapes":[true]}}`:                "truth value",
		`{"class":"limited","config":{"n":-1}}`:                       "at least 0",
		`{"class":"wrapped","config":{"f":1}}`:                        "cannot be loaded",
		strings.Repeat(`[`, 1e6):                                      "a list",
		strings.Repeat(`{"class":"scaled","config":{"shape":`, 2000):  "nested",
		strings.Repeat(`{"a":`, 150) + `1` + strings.Repeat(`}`, 150): "class",
	} {
		if _, err := Decode[shape]([]byte(data)); err == nil || !strings.Contains(err.Error(), what) {
			t.Errorf("%.80s: want an error with %q, got %v", data, what, err)
		} else if len(err.Error()) > 400 {
			t.Errorf("error of %d bytes", len(err.Error()))
		}
	}
	if _, err := Decode[fmt.Stringer]([]byte(`{"class":"x"}`)); err == nil {
		t.Error("an interface with no registered type decodes")
	}
}

func TestRegisterTwice(t *testing.T) {
	defer func() {
		if recover() == nil {
			t.Error("two types of one class name are accepted")
		}
	}()
	RegisterAs[shape]("square", scaled{})
}

func TestClasses(t *testing.T) {
	if got := strings.Join(Classes[shape](), " "); got != "behind group limited named number pointed scaled square wrapped" {
		t.Error(got)
	}
}

// TestMemory holds Decode to what it says it takes, for texts that make most of
// little: garbage included, and whether they are refused or not.
func TestMemory(t *testing.T) {
	const size = 4 << 20
	many := func(field, open, element, shut string) string {
		n := size / (len(element) + 1)
		return `{"class":"group","config":{"` + field + `":` + open + strings.TrimSuffix(strings.Repeat(element+",", n), ",") + shut + `}}`
	}
	keys := func(field, value string) string {
		var b strings.Builder
		for i := range size / 12 {
			fmt.Fprintf(&b, `,"%d":%s`, i, value)
		}
		return `{"class":"group","config":{"` + field + `":{` + b.String()[1:] + `}}}`
	}
	for name, c := range map[string]struct {
		text   string
		refuse bool
	}{
		"short texts":      {`{"class":"pointed","config":{"names":[` + strings.Repeat(`"",`, size/3) + `""]}}`, true},
		"longer texts":     {`{"class":"pointed","config":{"names":[` + strings.Repeat(`"abcdefg",`, size/10) + `""]}}`, false},
		"escaped texts":    {`{"class":"pointed","config":{"names":[` + strings.Repeat(`"\u003cbr\u003e",`, size/17) + `""]}}`, false},
		"nothing":          {many("shapes", "[", "null", "]"), true},
		"numbers":          {many("shapes", "[", "1", "]"), true},
		"squares":          {many("shapes", "[", `{"class":"square"}`, "]"), true},
		"large structs":    {many("shapes", "[", `{"class":"group"}`, "]"), true},
		"pointers":         {many("shapes", "[", `{"class":"pointed"}`, "]"), false},
		"large, with much": {many("shapes", "[", `{"class":"pointed","config":{"names":["`+strings.Repeat("x", 300)+`"]}}`, "]"), false},
		"lists":            {many("shapes", "[", `{"class":"pointed","config":{"names":[""]}}`, "]"), true},
		"empty lists":      {many("shapes", "[", `{"class":"pointed","config":{"names":[]}}`, "]"), false},
		"commas":           {many("shapes", "[", "", "]"), true},
		"a map of texts":   {keys("by_id", `""`), true},
		"a map of shapes":  {keys("by_name", "null"), true},
		"maps in maps":     {many("shapes", "[", `{"class":"group","config":{"by_id":{}}}`, "]"), true},
		"deep":             {strings.Repeat(`{"class":"scaled","config":{"shape":`, size/36), true},
		"no end":           {`{"class":"pointed","config":{"names":["` + strings.Repeat("x", size), true},
	} {
		var err error
		raw := []byte(c.text)
		memtest.AtMost(t, int64(len(raw)), Allowance+1<<16, func() { _, err = Decode[shape](raw) })
		if c.refuse != (err != nil) || err != nil && !strings.Contains(err.Error(), "byte ") {
			t.Errorf("%s: error %v", name, err)
		}
	}
	// it stops in time, and says where
	text := many("shapes", "[", "null", "]")
	var err error
	if used := memtest.Allocated(func() { _, _, err = DecodeWithin[shape]([]byte(text), 1<<16) }); used > int64(len(text))+1<<17 {
		t.Errorf("allocated %d", used)
	}
	if !errors.Is(err, ErrMemory) || !strings.Contains(err.Error(), "byte 36: spec.shape(group).shapes: the configuration would take more than 65536 bytes") {
		t.Errorf("error %v", err)
	}
}

// Configurations that are written are read again, small ones and large ones.
func TestDecodeWithinSaysWhatIsLeft(t *testing.T) {
	data, err := Encode(full())
	if err != nil {
		t.Fatal(err)
	}
	const limit = 1 << 14
	_, left, err := DecodeWithin[shape](data, limit)
	if err != nil || left <= 0 || left >= limit {
		t.Errorf("%d left, %v", left, err)
	}
}

// FuzzDecode shows that no input panics, and it takes no more memory than it may, and that
// what decodes is written and read back to the same bytes.
func FuzzDecode(f *testing.F) {
	data, err := Encode(full())
	if err != nil {
		f.Fatal(err)
	}
	for _, seed := range []string{string(data), `"relu"`, `null`, `[1]`, `{"class":"scaled","config":{"by":"NaN","shape":{"class":"limited"}}}`} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		var v shape
		var err error
		memtest.AtMost(t, int64(len(data)), Allowance+1<<16, func() { v, err = Decode[shape](data) })
		if err != nil {
			if !strings.Contains(err.Error(), "byte ") {
				t.Fatalf("an error without an offset: %v", err)
			}
			return
		}
		once, err := Encode(v)
		if err != nil {
			t.Fatalf("%s decodes but does not encode: %v", data, err)
		}
		back, err := Decode[shape](once)
		if err != nil {
			t.Fatalf("%s is not read back: %v", once, err)
		}
		if twice, err := Encode(back); err != nil || string(twice) != string(once) {
			t.Fatalf("%s, written again, is %s, %v", once, twice, err)
		}
	})
}

// behind is a Stand: it is written as the text that it hides.
type behind struct{ hidden string }

func (behind) Area() float64 { return 1 }

func (b behind) Config() (any, error) {
	if b.hidden == "" {
		return nil, fmt.Errorf("nothing to write")
	}
	return square{Side: float64(len(b.hidden))}, nil
}

func (b *behind) SetConfig(decode func(into any) error, take func(bytes int64) error) error {
	var s square
	if err := decode(&s); err != nil {
		return err
	}
	if err := take(int64(s.Side)); err != nil {
		return err
	}
	if s.Side > 9 {
		return fmt.Errorf("a side of %v", s.Side)
	}
	b.hidden = strings.Repeat("x", int(s.Side))
	return nil
}

func TestStand(t *testing.T) {
	data, err := Encode[shape](scaled{Shape: behind{"xyz"}})
	const want = `{"class":"scaled","config":{"shape":{"class":"behind","config":{"side":3}}}}`
	if err != nil || string(data) != want {
		t.Fatalf("written as %s, %v", data, err)
	}
	if back, err := Decode[shape](data); err != nil || back.(scaled).Shape != (behind{"xxx"}) {
		t.Errorf("read as %#v, %v", back, err)
	}
	if _, err := Encode[shape](behind{}); err == nil || !strings.Contains(err.Error(), "nothing to write") {
		t.Errorf("a Stand that fails is written: %v", err)
	}
	for data, what := range map[string]string{`{"class":"behind","config":{"side":10}}`: "a side of 10", `{"class":"behind","config":{"x":1}}`: "no field", `{"class":"behind"}`: "without configuration"} {
		if _, err := Decode[shape]([]byte(data)); err == nil || !strings.Contains(err.Error(), what) {
			t.Errorf("%s: error %v, want one with %q", data, err, what)
		}
	}
}
