#!/usr/bin/python3
"""The training jobs of `cmd/bench -suite train`, and of `-suite more`, on PyTorch.

    TORCH_THREADS=1 OPENBLAS_NUM_THREADS=2 /usr/bin/python3 peers/torch/train.py [-epochs N] [JOB ...]

For each job, prints one JSON line for batches in order ("none") and one for
batches gathered in a shuffled order ("gather"): the median and the least
milliseconds of an epoch after two that warm up. Real data is read from the
folder that GLEARN_DATA names; without it, rows of the same shape are generated.
Without names of jobs, those of the suite train run.

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


def glorot(net):
    """The layers with the start weights that Keras gives them."""
    for m in net.modules():
        if isinstance(m, nn.Linear):
            nn.init.xavier_uniform_(m.weight)
            nn.init.zeros_(m.bias)
        elif isinstance(m, (nn.Embedding, nn.EmbeddingBag)):
            nn.init.uniform_(m.weight, -0.05, 0.05)
    return net


def weighted(x, columns):
    """Weighted sums of the values of each row."""
    return x @ (torch.rand(x.shape[1], columns) * 2 - 1)


def classified(rows, features):
    """Random rows, the class of each the largest of ten weighted sums."""
    x = torch.rand(rows, features) * 2 - 1
    return x, weighted(x, 10).argmax(1)


def batchnorm():
    """10,000 rows through two layers with batch normalization."""
    def norm(n):
        return nn.BatchNorm1d(n, eps=1e-3, momentum=0.01)
    net = glorot(nn.Sequential(
        nn.Linear(784, 256), norm(256), nn.ReLU(), nn.Dropout(0.3),
        nn.Linear(256, 128), norm(128), nn.ReLU(), nn.Linear(128, 10)))
    return *classified(10000, 784), net, torch.optim.Adam(net.parameters(), lr=1e-3, eps=1e-7), 128, F.cross_entropy


def layernorm():
    """4,096 rows through four layers with layer normalization and GELU."""
    blocks = []
    for n in (128, 256, 256, 256):
        blocks += [nn.Linear(n, 256), nn.LayerNorm(256, eps=1e-3), nn.GELU()]
    net = glorot(nn.Sequential(*blocks, nn.Linear(256, 10)))
    step = torch.optim.AdamW(net.parameters(), lr=1e-3, eps=1e-7, weight_decay=0.004)
    return *classified(4096, 128), net, step, 64, F.cross_entropy


def embedding():
    """8,192 texts of 100 words, the mean of whose vectors is classified.
    EmbeddingBag is faster here than Embedding and a mean. Keras and glearn add
    RMSprop's epsilon before the root, PyTorch after it: with gradients as small
    as these it learns more in an epoch."""
    words = 20000
    x = torch.randint(0, words, (8192, 100))
    y = ((x % 2).sum(1, keepdim=True) > 50).float()
    net = glorot(nn.Sequential(nn.EmbeddingBag(words, 32, mode="mean"), dense(32, 16, 1)))
    step = torch.optim.RMSprop(net.parameters(), lr=1e-3, alpha=0.9, eps=1e-7)
    return x, y, net, step, 512, F.binary_cross_entropy_with_logits


def housing():
    """404 rows of 13 features in many small steps, with the mean absolute error
    beside the loss."""
    x = torch.rand(404, 13) * 2 - 1
    net = glorot(dense(13, 64, 64, 1))
    error = torch.zeros(())

    def loss_of(out, y):
        with torch.no_grad():
            error.add_((out - y).abs().mean())
        return F.mse_loss(out, y)
    step = torch.optim.RMSprop(net.parameters(), lr=1e-3, alpha=0.9, eps=1e-7)
    return x, weighted(x, 1), net, step, 16, loss_of


def deep():
    """4,096 rows through twenty layers of 64 units with tanh."""
    layers = []
    for _ in range(20):
        layers += [nn.Linear(64, 64), nn.Tanh()]
    net = glorot(nn.Sequential(*layers, nn.Linear(64, 10)))
    return *classified(4096, 64), net, torch.optim.SGD(net.parameters(), lr=1e-2, momentum=0.9), 32, F.cross_entropy


def autoencoder():
    """8,192 images of 784 pixels through a layer of 64 units and back."""
    x = torch.sigmoid(weighted(torch.rand(8192, 16) * 2 - 1, 784))
    net = glorot(nn.Sequential(dense(784, 256, 64, 256, 784), nn.Sigmoid()))
    return x, x, net, torch.optim.Adam(net.parameters(), lr=1e-3, eps=1e-7), 256, F.mse_loss


class Clipped(torch.optim.Adam):
    """Adam after each gradient is scaled to a norm of at most 1."""

    def step(self):
        for group in self.param_groups:
            for p in group["params"]:
                nn.utils.clip_grad_norm_(p, 1.0)
        super().step()


def clipped():
    """8,192 rows through three layers, with gradients that are clipped."""
    net = glorot(dense(64, 128, 128, 128, 10))
    return *classified(8192, 64), net, Clipped(net.parameters(), lr=1e-3, eps=1e-7), 64, F.cross_entropy


JOBS = {f.__name__: f for f in (reuters, titanic, mnist, wide)}
MORE = {f.__name__: f for f in (batchnorm, layernorm, embedding, housing, deep, autoencoder, clipped)}
ALL = {**JOBS, **MORE}


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
    job = ALL[name]()
    rows, took = len(job[0]), []
    for _ in range(WARM_UP + epochs):
        start = time.perf_counter()
        epoch(*job, torch.randperm(rows) if shuffle == "gather" else None)
        took.append((time.perf_counter() - start) * 1e3)
    took = took[WARM_UP:]
    threads = f"{torch.get_num_threads()}+{os.environ.get('OPENBLAS_NUM_THREADS', '?')}"
    print(json.dumps({
        "peer": "PyTorch " + torch.__version__, "setting": f"threads {threads}, shuffle {shuffle}", "name": ("train/" if name in JOBS else "more/") + name,
        "rows": rows, "batch": job[4], "ms": round(statistics.median(took), 3), "min_ms": round(min(took), 3), "n": epochs,
    }), flush=True)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("-epochs", type=int, default=7, help="epochs to time")
    parser.add_argument("jobs", nargs="*", metavar="JOB", help="some of " + ", ".join(ALL))
    args = parser.parse_args()
    torch.set_num_threads(int(os.environ.get("TORCH_THREADS", "2")))
    for name in args.jobs or JOBS:
        if name not in ALL:
            parser.error(f"no job {name!r}, want some of {', '.join(ALL)}")
        for shuffle in ("none", "gather"):
            measure(name, shuffle, args.epochs)


if __name__ == "__main__":
    main()
