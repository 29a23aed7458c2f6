"""Words and chains of a finished run compared: bags, sentences and clauses of the store, heads of the tables."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from pathlib import Path

from pipeline.core.config import configs_dir
from pipeline.core.layers import Bag
from pipeline.running.bags import LAYERS, cut_bags, stop_words_of
from pipeline.running.records import Records
from pipeline.running.topic_settings import config_of
from pipeline.scoring.chain_links import read_chains
from pipeline.scoring.chain_pairs import ChainPairs, ReadSentence, chain_pairs
from pipeline.scoring.chain_rules import ChainRules, load_chain_rules
from pipeline.scoring.groups import choose, others, read_about
from pipeline.scoring.keyness import LEAST, LEAST_DOCUMENTS, Keyness, keyness
from pipeline.scoring.term_network import Limits, TermNetwork, term_network
from pipeline.segment.bag import StopWords
from pipeline.table.query import connect

_NO_BAG = Bag((), ())


def compare_words(
    out: Path,
    target: Sequence[str],
    reference: Sequence[str] = (),
    *,
    least: int = LEAST,
    least_documents: int = LEAST_DOCUMENTS,
) -> Keyness:
    """Return the key words of the documents that fulfil ``target`` against ``reference``, without it all others.

    Conditions as of ``groups.choose``: 「年份=2023-2025」「层级=省」. Raises PipelineError for one wrong or empty.
    """
    with connect(out) as connection:
        own = choose(connection, target)
        other = choose(connection, reference) if reference else others(connection, own)
    with Records(out) as records:
        bags = ((doc_id, doc.bag or _NO_BAG) for doc_id, doc in records.documents_with("bag"))
        return keyness(bags, own, other, least=least, least_documents=least_documents)


def network_of_terms(
    out: Path, where: Sequence[str] = (), limits: Limits | None = None, *, around: Collection[str] = ()
) -> TermNetwork:
    """Return the network of the content words of the run's clauses, of the documents that fulfil ``where``."""
    with connect(out) as connection:
        wanted = frozenset(choose(connection, where).doc_ids)
    with Records(out) as records:
        clauses = _clauses(records, wanted, stop_words_of(config_of(out)))
        return term_network(clauses, limits, around=around)


def _clauses(records: Records, wanted: frozenset[str], stop_words: StopWords) -> Iterator[tuple[str, tuple[str, ...]]]:
    """Yield document and content words of each clause."""
    for record in records.rows():
        if record.doc_id in wanted:
            document = records.document(record, LAYERS)
            for bag in cut_bags(document, "clause", stop_words):
                yield record.doc_id, bag.words


def pairs_of_chains(out: Path, where: Sequence[str] = ()) -> ChainPairs:
    """Return which chains (产业链, 创新链 …) are linked by which verb in the run's documents that fulfil ``where``."""
    rules = load_chain_rules(configs_dir())
    with connect(out) as connection:
        chosen = choose(connection, where)
        known = read_about(connection)
    about = {doc_id: known[doc_id] for doc_id in chosen.doc_ids}
    with Records(out) as records:
        return chain_pairs(_chains(records, frozenset(about), rules), about, chosen.label, rules.names)


def _chains(records: Records, wanted: frozenset[str], rules: ChainRules) -> Iterator[ReadSentence]:
    """Yield every stretch that names chains, found in the clean text and led back to the raw one."""
    for record in records.rows():
        if record.doc_id not in wanted:
            continue
        doc = records.document(record, ("raw", "text"))
        if doc.text is None or doc.raw is None:
            continue
        clean, raw, to_source = doc.text.text, doc.raw.text, doc.text.offsets().to_source
        for one in read_chains(clean, rules):
            part = clean[one.start : one.end]
            start, end = to_source(one.start + len(part) - len(part.lstrip()), one.start + len(part.rstrip()))
            said = tuple(clean[link.start : link.end] for link in one.links)
            yield ReadSentence(record.doc_id, one, start, end, raw[start:end], said)
