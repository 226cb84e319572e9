package nn_test

import (
	"testing"

	"github.com/glearn-go/glearn/compute"
	_ "github.com/glearn-go/glearn/cpu_fallback" // the driver "cpu"
)

// BenchmarkOnBatch is what a program pays that trains, tests or predicts by
// itself, a batch at a time, on a small model on the CPU.
func BenchmarkOnBatch(b *testing.B) {
	d, err := compute.Open("cpu")
	if err != nil {
		b.Fatal(err)
	}
	defer d.Close()
	m := forBlobs(b, d, classifier())
	defer closeModel(b, m)
	batch := blobs(b, 32)
	for name, call := range map[string]func() error{
		"train":   func() error { _, err := m.TrainOnBatch(background, batch); return err },
		"test":    func() error { _, err := m.TestOnBatch(background, batch); return err },
		"predict": func() error { _, err := m.PredictOnBatch(background, batch.X...); return err },
	} {
		b.Run(name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				if err := call(); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
