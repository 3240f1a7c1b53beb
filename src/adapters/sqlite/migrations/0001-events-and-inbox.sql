-- Frozen: a database out there was made by exactly this text. Changes go into a new file.

CREATE TABLE events (
  run TEXT NOT NULL,
  seq INTEGER NOT NULL CHECK (seq > 0),
  at INTEGER NOT NULL,
  type TEXT NOT NULL,
  event TEXT NOT NULL,
  -- Fences a second writer: a sequence number is taken once.
  PRIMARY KEY (run, seq)
) STRICT;

CREATE TABLE inbox (
  number INTEGER PRIMARY KEY AUTOINCREMENT,
  run TEXT NOT NULL,
  at INTEGER NOT NULL,
  command TEXT NOT NULL
) STRICT;

CREATE INDEX inbox_by_run ON inbox (run, number);
