"""tomotopy's LDA (MIT), Gibbs sampling with one worker. Run in its own environment only.

Asked: {"documents": [[word number, …], …], "vocabulary": [word, …], "k": K, "seed": S, "iterations": N, "top": T}.
Answered: {"version", "words": [[word number, …] a topic], "topics": [a document's topic, …], "seconds": CPU}.
"""

from __future__ import annotations

import json
import sys
import time

import tomotopy


def main() -> None:
    """Answer one question."""
    asked = json.loads(sys.stdin.buffer.read())
    number = {word: n for n, word in enumerate(asked["vocabulary"])}
    began = time.process_time()
    model = tomotopy.LDAModel(k=asked["k"], seed=asked["seed"])
    model.burn_in, model.optim_interval = 50, 10
    for document in asked["documents"]:
        model.add_doc([asked["vocabulary"][word] for word in document])
    model.train(asked["iterations"], workers=1)
    seconds = time.process_time() - began
    words = [[number[word] for word, _ in model.get_topic_words(t, top_n=asked["top"])] for t in range(model.k)]
    topics = [max(range(model.k), key=document.get_topic_dist().__getitem__) for document in model.docs]
    print(json.dumps({"version": tomotopy.__version__, "words": words, "topics": topics, "seconds": seconds}))


if __name__ == "__main__":
    main()
