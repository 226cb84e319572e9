package main

import (
	"context"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"os"
	"strconv"

	"github.com/glearn-go/glearn/compute"
	"github.com/glearn-go/glearn/datasets"
	"github.com/glearn-go/glearn/examples/internal/example"
	"github.com/glearn-go/glearn/nn/preprocessing"
)

// answer trains on all passengers whose fate is told and answers for the others.
func answer(ctx context.Context, out io.Writer, dev compute.Backend, o options, told, untold []datasets.Passenger) (err error) {
	model, err := fit(ctx, dev, o, told)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, model.Close()) }()
	if err := model.Summary(out); err != nil {
		return err
	}
	x, err := model.Attached(example.Pipeline).(*preprocessing.Pipeline).Apply(frame(untold))
	if err != nil {
		return err
	}
	survives, err := model.Predict(ctx, x...)
	if err != nil {
		return err
	}
	for i, p := range untold[:min(3, len(untold))] {
		fmt.Fprintf(out, "%3.0f%% %s, %s, class %d\n", 100*survives.Values[i], p.Name, p.Sex, p.Class)
	}
	if o.submission != "" {
		if err := writeSubmission(o.submission, untold, survives.Values); err != nil {
			return err
		}
		fmt.Fprintf(out, "%s has the answers for Kaggle\n", o.submission)
	}
	if o.save != "" {
		if err := model.Save(o.save); err != nil {
			return err
		}
		fmt.Fprintf(out, "%s has the model; serve it with go run ./examples/predict -model %s\n", o.save, o.save)
	}
	return nil
}

// writeSubmission writes Kaggle's two columns: 1 for who probably survives.
func writeSubmission(path string, of []datasets.Passenger, survives []float32) (err error) {
	f, err := os.Create(path)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, f.Close()) }()
	w := csv.NewWriter(f)
	rows := [][]string{{"PassengerId", "Survived"}}
	for i, p := range of {
		survived := "0"
		if survives[i] > 0.5 {
			survived = "1"
		}
		rows = append(rows, []string{strconv.Itoa(p.ID), survived})
	}
	return w.WriteAll(rows)
}
