"""The names of what a run writes into its output folder."""

DATABASE = "knowledge.duckdb"
TABLES = "tables"
MANIFEST = "run.json"
STORE = "run.sqlite"
CORRECTIONS = "corrections.tsv"
