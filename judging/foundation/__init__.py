"""Tools that know no competition word: database, clock, refusals, audit, outbox, storage, spreadsheets, jobs."""
