# make demo   set up and read corpora/sample into a knowledge table
# make test   set up and run the tests, but for those marked slow
# make slow   the slow tests: runs over all real and hostile documents, killed runs, whole retraining
# make check  what CI runs beside the tests: style, types, layers, documents, scores
# make bench  speed and memory, as ratios within one run; extraction against other systems after make leaderboard
# make leaderboard  other systems and cewen on the same gold, the others in .venv-leaderboard
# make bench-topics  topic models of this and other libraries on the same words (an hour or two of one core, by the
#                    times of single fits; rows that are done are kept in out/ and not run again)
# make train  fit the models anew (some minutes)
# make screenshots  the README's pictures of explorer and report (docs/images), with the system's Chromium
PYTHON ?= python3
BIN := .venv/bin
PIP := $(BIN)/python -m pip install --quiet --disable-pip-version-check --constraint constraints.txt
OUT ?= out/demo

.PHONY: demo test slow check bench bench-topics train leaderboard docs screenshots clean

.venv/bin/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
		{ echo "需要 Python 3.11 或更高版本，当前是 $$($(PYTHON) -V)。请运行：make PYTHON=python3.12 $(MAKECMDGOALS)"; exit 2; }
	@$(PYTHON) -m venv .venv || { echo "建不了虚拟环境。Debian/Ubuntu 请先运行：apt-get install python3-venv"; exit 2; }

.venv/.run: pyproject.toml constraints.txt | .venv/bin/python
	$(PIP) --editable .
	@touch $@

.venv/.dev: pyproject.toml constraints.txt | .venv/bin/python
	$(PIP) --editable '.[dev]'
	@touch $@ .venv/.run

demo: .venv/.run
	$(BIN)/cewen run corpora/sample -o $(OUT)
	@echo
	@echo "优惠支持的前几行（cewen measures $(OUT) --role benefit --kind money）："
	@$(BIN)/cewen measures $(OUT) --role benefit --kind money --limit 8 || true

test: .venv/.dev
	$(BIN)/python -m pytest -q -n 2 -m "not slow"

slow: .venv/.dev
	$(BIN)/python -m pytest -q -n 2 -m slow

check: .venv/.dev
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	MYPYPATH=models/measures $(BIN)/mypy models/measures/train.py
	MYPYPATH=models/coding $(BIN)/mypy models/coding/train.py
	$(BIN)/lint-imports
	$(BIN)/python tests/eval/gate.py

bench: .venv/.dev
	$(BIN)/python benchmarks/bench_run.py
	$(BIN)/python benchmarks/bench_pdf.py
	$(BIN)/python benchmarks/bench_coding.py
	$(BIN)/python benchmarks/bench_extraction.py
	$(BIN)/python benchmarks/bench_explore.py

bench-topics: .venv/.dev
	$(BIN)/python benchmarks/topics/topics_board.py --rows out/topics-board.jsonl
	$(BIN)/python benchmarks/topics/topic_seeds.py
	$(BIN)/python benchmarks/topics/topic_scale.py

leaderboard: .venv/.dev
	$(BIN)/python benchmarks/leaderboard/board.py

train: .venv/.dev
	$(BIN)/python models/measures/train.py
	$(BIN)/python models/coding/train.py

docs: .venv/.dev
	$(BIN)/python -m pipeline.cli.docs docs

screenshots: .venv/.dev
	$(BIN)/python docs/images/shoot.py $(OUT)

clean:
	rm -rf out .venv .venv-leaderboard build dist
