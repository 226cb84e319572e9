#!/usr/bin/python3
"""The training jobs of `cmd/bench -suite train` on PyTorch.

    TORCH_THREADS=1 OPENBLAS_NUM_THREADS=2 /usr/bin/python3 peers/torch/train.py [-epochs N] [JOB ...]

For each job, prints one JSON line for batches in order ("none") and one for
batches gathered in a shuffled order ("gather"): the median and the least
milliseconds of an epoch after two that warm up. Real data is read from the
folder that GLEARN_DATA names; without it, rows of the same shape are generated.

TORCH_THREADS are the threads of PyTorch's own loops and OPENBLAS_NUM_THREADS
those of its products. On two cores, 1 and 2, or 2 and 1, are the settings worth
timing: 2 and 2 wait for each other.
"""
import argparse
import csv
import gzip
import json
import os
import statistics
import time

import numpy as np
import torch
import torch.nn as nn
import torch.nn.functional as F

WARM_UP = 2


def real(*names):
    """The paths of data files, or None where one is missing."""
    paths = [os.path.join(os.environ.get("GLEARN_DATA", ""), *n.split("/")) for n in names]
    return paths if "GLEARN_DATA" in os.environ and all(map(os.path.isfile, paths)) else None


def dense(*sizes):
    """Fully connected layers with ReLU between them."""
    layers = []
    for a, b in zip(sizes, sizes[1:]):
        layers += [nn.Linear(a, b), nn.ReLU()]
    return nn.Sequential(*layers[:-1])


def reuters():
    """7,982 newswires as 10,000 ones and zeros: all but the 1,000 first rows,
    which the book's example holds out."""
    rows, words, held, per_row = 8982, 10000, 1000, 72
    x = torch.zeros(rows, words)
    if files := real("reuters.npz"):
        with np.load(files[0], allow_pickle=True) as f:
            texts, labels = f["x"], f["y"]
        order = np.arange(len(texts))
        np.random.RandomState(113).shuffle(order)
        texts, labels = texts[order][:rows], labels[order][:rows]
        for i, text in enumerate(texts):
            w = np.array([1] + [v + 3 for v in text])
            w[w >= words] = 2
            x[i, w] = 1
    else:
        x.scatter_(1, torch.randint(0, words, (rows, per_row)), 1)
        labels = np.random.RandomState(1).randint(0, 46, rows)
    net = dense(words, 64, 64, 46)
    step = torch.optim.RMSprop(net.parameters(), lr=1e-3, alpha=0.9, eps=1e-7)
    return x[held:], torch.tensor(labels[held:].astype(np.int64)), net, step, 512, F.cross_entropy


def mnist():
    """60,000 images of 784 pixels."""
    rows, pixels = 60000, 784
    if files := real("mnist/train-images-idx3-ubyte.gz", "mnist/train-labels-idx1-ubyte.gz"):
        def read(path, header):
            with gzip.open(path) as f:
                return np.frombuffer(f.read(), dtype=np.uint8, offset=header)
        x = torch.tensor(read(files[0], 16).reshape(-1, pixels).astype(np.float32) / 255)
        y = torch.tensor(read(files[1], 8).astype(np.int64))
    else:
        x, y = torch.rand(rows, pixels), torch.randint(0, 10, (rows,))
    net = dense(pixels, 128, 10)
    return x, y, net, torch.optim.Adam(net.parameters(), lr=1e-3), 128, F.cross_entropy


def titanic():
    """891 passengers with ten features."""
    rows, features = 891, 10
    if files := real("titanic/train.csv"):
        def number(r, key, missing):
            return float(r[key]) if r[key] else missing
        with open(files[0], newline="") as f:
            table = list(csv.DictReader(f))
        x = torch.tensor(np.array([[
            number(r, "Age", 29.7) / 80, number(r, "Fare", 14.4) / 512, int(r["SibSp"]), int(r["Parch"]), r["Sex"] == "male",
            r["Pclass"] == "1", r["Pclass"] == "2", r["Pclass"] == "3", r["Embarked"] == "C", r["Embarked"] == "Q",
        ] for r in table], dtype=np.float32))
        y = torch.tensor([float(r["Survived"]) for r in table])[:, None]
    else:
        x = torch.rand(rows, features)
        y = (x[:, :1] + x[:, 1:2] > 1).float()
    net = dense(features, 16, 16, 1)
    return x, y, net, torch.optim.Adam(net.parameters(), lr=1e-3), 32, F.binary_cross_entropy_with_logits


def wide():
    """8,192 rows of 1,024 random numbers through two layers of 1,024 units."""
    x, y = torch.rand(8192, 1024), torch.randint(0, 100, (8192,))
    net = dense(1024, 1024, 1024, 100)
    return x, y, net, torch.optim.SGD(net.parameters(), lr=1e-2, momentum=0.9), 256, F.cross_entropy


JOBS = {f.__name__: f for f in (reuters, titanic, mnist, wide)}


def epoch(x, y, net, step, batch, loss_of, order):
    for i in range(0, len(x), batch):
        at = slice(i, i + batch) if order is None else order[i:i + batch]
        step.zero_grad(set_to_none=True)
        loss = loss_of(net(x[at]), y[at])
        loss.backward()
        step.step()
    return loss.item()


def measure(name, shuffle, epochs):
    torch.manual_seed(1)
    job = JOBS[name]()
    rows, took = len(job[0]), []
    for _ in range(WARM_UP + epochs):
        start = time.perf_counter()
        epoch(*job, torch.randperm(rows) if shuffle == "gather" else None)
        took.append((time.perf_counter() - start) * 1e3)
    took = took[WARM_UP:]
    threads = f"{torch.get_num_threads()}+{os.environ.get('OPENBLAS_NUM_THREADS', '?')}"
    print(json.dumps({
        "peer": "PyTorch " + torch.__version__, "setting": f"threads {threads}, shuffle {shuffle}", "name": "train/" + name,
        "rows": rows, "batch": job[4], "ms": round(statistics.median(took), 3), "min_ms": round(min(took), 3), "n": epochs,
    }), flush=True)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("-epochs", type=int, default=7, help="epochs to time")
    parser.add_argument("jobs", nargs="*", metavar="JOB", help="some of " + ", ".join(JOBS))
    args = parser.parse_args()
    torch.set_num_threads(int(os.environ.get("TORCH_THREADS", "2")))
    for name in args.jobs or JOBS:
        if name not in JOBS:
            parser.error(f"no job {name!r}, want some of {', '.join(JOBS)}")
        for shuffle in ("none", "gather"):
            measure(name, shuffle, args.epochs)


if __name__ == "__main__":
    main()
