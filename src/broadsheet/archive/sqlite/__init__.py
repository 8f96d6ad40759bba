"""The archive in one SQLite file.

`store` and `ledger` are the port's two faces; `sources`, `ingestion`, `enrichment`, `media`, `reading`, `search` and
`removal` are functions on an open connection, each inside a transaction that its caller holds. `database` holds the
connection and is the only place that turns SQLite's errors into ours.
"""
