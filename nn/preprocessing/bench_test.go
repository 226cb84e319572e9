package preprocessing_test

import (
	"math/rand/v2"
	"strings"
	"testing"

	. "github.com/glearn-go/glearn/nn/preprocessing"
)

// reviews are texts of 230 words from a vocabulary in which word n is about 1/n
// as frequent as the first, as in IMDB.
func reviews(n int) Texts {
	random := rand.New(rand.NewPCG(1, 1))
	words := rand.NewZipf(random, 1.1, 1, 80000)
	out := make(Texts, n)
	var text strings.Builder
	for i := range out {
		text.Reset()
		for range 230 {
			text.WriteByte('W')
			for w := words.Uint64(); w > 0; w /= 26 {
				text.WriteByte(byte('a' + w%26))
			}
			text.WriteString(", ")
		}
		out[i] = text.String()
	}
	return out
}

func BenchmarkTextVectorization(b *testing.B) {
	texts := reviews(1000)
	v := &TextVectorization{MaxTokens: 10000, Output: MultiHot}
	if err := v.Adapt(texts); err != nil {
		b.Fatal(err)
	}
	if x, err := v.Apply(texts[:2]); err != nil || x.Rows() != 2 {
		b.Fatal(x, err)
	}
	b.Run("adapt", func(b *testing.B) {
		for b.Loop() {
			if err := v.Adapt(texts); err != nil {
				b.Fatal(err)
			}
		}
	})
	b.Run("apply", func(b *testing.B) {
		for b.Loop() {
			if _, err := v.Apply(texts); err != nil {
				b.Fatal(err)
			}
		}
	})
}
