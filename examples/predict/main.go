// Predict serves a saved model over HTTP: rows as JSON in, what the model answers
// as JSON out.
//
// With -model it serves that file until it is interrupted. Without, it trains a
// small model, saves it, serves the file on loopback and measures how long
// answers take.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"net"
	"os"
	"path/filepath"

	"github.com/glearn-go/glearn/examples/internal/example"
	"github.com/glearn-go/glearn/nn"
	_ "github.com/glearn-go/glearn/nn/layers"        // types that a model's file may name
	_ "github.com/glearn-go/glearn/nn/preprocessing" // the same
)

type options struct {
	example.Options
	model    string
	addr     string
	requests int
	clients  int
}

func main() {
	var o options
	o.Flags(50)
	flag.StringVar(&o.model, "model", "", "file of the model to serve; empty trains one and measures")
	flag.StringVar(&o.addr, "addr", "127.0.0.1:8080", "address to serve a -model at")
	flag.IntVar(&o.requests, "requests", 2000, "requests to measure, without -model")
	flag.IntVar(&o.clients, "clients", 8, "clients that ask at the same time, without -model")
	flag.Parse()
	example.Main("predict", func(ctx context.Context, out io.Writer) error { return run(ctx, out, o) })
}

func run(ctx context.Context, out io.Writer, o options) (err error) {
	dev, err := o.Open(out)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, dev.Close()) }()
	path, addr := o.model, o.addr
	if o.model == "" {
		dir, err := os.MkdirTemp("", "glearn-predict-")
		if err != nil {
			return err
		}
		defer os.RemoveAll(dir)
		path, addr = filepath.Join(dir, "iris.safetensors"), "127.0.0.1:0"
		if err := trainIris(ctx, out, dev, o, path); err != nil {
			return err
		}
	}
	model, err := nn.Load(dev, path)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, model.Close()) }()
	handler, err := newHandler(model)
	if err != nil {
		return fmt.Errorf("%s: %w", path, err)
	}
	listener, err := net.Listen("tcp", addr)
	if err != nil {
		return err
	}
	fmt.Fprintf(out, "%s at http://%s\n", filepath.Base(path), listener.Addr())
	if o.model != "" {
		return serve(ctx, listener, handler, patience)
	}
	return measureItself(ctx, out, o, listener, handler)
}

// measureItself serves and asks at the same time, and stops serving when it has
// all its answers.
func measureItself(ctx context.Context, out io.Writer, o options, listener net.Listener, handler *handler) error {
	ctx, stop := context.WithCancel(ctx)
	served := make(chan error, 1)
	go func() { served <- serve(ctx, listener, handler, patience) }()
	latencies, err := load{
		url:      "http://" + listener.Addr().String() + "/predict",
		body:     irisQuestion,
		requests: o.requests,
		clients:  o.clients,
	}.run(ctx)
	stop()
	if err := errors.Join(err, <-served); err != nil {
		return err
	}
	fmt.Fprintln(out, latencies)
	return nil
}
