-- The books of one issuer. Days are counted from 2020-01-01 UTC, 0 is none; times are Unix seconds.
-- "sequence" and what refers to it name an entry of the journal: the foreign keys are deferred, so
-- a change may be written before its entry, but never committed without it. Each such column has
-- an index, because SQLite looks for waiting references whenever an entry is written.

CREATE TABLE ledger (
    one INTEGER PRIMARY KEY CHECK (one = 1),
    id  BLOB    NOT NULL CHECK (length(id) = 16)
) STRICT;

-- The journal: each entry names the one before it, and nothing is ever changed or taken out.
CREATE TABLE journal (
    sequence  INTEGER PRIMARY KEY CHECK (sequence BETWEEN 1 AND 4294967295),
    time      INTEGER NOT NULL,
    kind      TEXT    NOT NULL CHECK (length(kind) BETWEEN 1 AND 64),
    actor     TEXT    NOT NULL CHECK (length(actor) BETWEEN 1 AND 256),
    subject   TEXT    NOT NULL CHECK (length(subject) <= 512),
    body      BLOB    NOT NULL CHECK (length(body) BETWEEN 2 AND 1048576),
    content   BLOB    NOT NULL CHECK (length(content) = 32), -- digest of all rows with this sequence
    previous  BLOB    NOT NULL CHECK (length(previous) = 32),
    signer    BLOB    NOT NULL CHECK (length(signer) IN (0, 32)),
    signature BLOB    NOT NULL CHECK (length(signature) <= 4096),
    hash      BLOB    NOT NULL CHECK (length(hash) = 32), -- the leaf of the Merkle tree
    CHECK ((length(signer) = 0) = (length(signature) = 0))
) STRICT;
CREATE INDEX journal_subject ON journal (subject, sequence) WHERE subject <> '';

-- The number of the entry that the rows being written belong to.
CREATE VIEW next AS
    SELECT coalesce((SELECT sequence FROM journal ORDER BY sequence DESC LIMIT 1), 0) + 1 AS sequence;

-- The Merkle tree over the journal (RFC 6962), without its leaves: node n of a level stands over
-- the entries from n << level, counted from 0, and is there once it is complete.
CREATE TABLE node (
    level INTEGER NOT NULL CHECK (level BETWEEN 1 AND 32),
    n     INTEGER NOT NULL CHECK (n >= 0),
    hash  BLOB    NOT NULL CHECK (length(hash) = 32),
    PRIMARY KEY (level, n)
) STRICT, WITHOUT ROWID;

-- What the issuer signed about its own journal: one checkpoint for every commit of an officer.
CREATE TABLE checkpoint (
    size INTEGER PRIMARY KEY, -- the entry that was the newest
    note TEXT    NOT NULL CHECK (length(note) BETWEEN 1 AND 4096)
) STRICT;

CREATE TRIGGER journal_chain BEFORE INSERT ON journal
WHEN NEW.sequence <> (SELECT sequence FROM next)
    OR NEW.previous <> coalesce((SELECT hash FROM journal ORDER BY sequence DESC LIMIT 1), NEW.previous)
BEGIN SELECT raise(ABORT, 'the journal grows at its end'); END;

-- Append-only. A REPLACE would delete without a trigger, so recursive_triggers is on as well.
CREATE TRIGGER ledger_update BEFORE UPDATE ON ledger
BEGIN SELECT raise(ABORT, 'the ledger keeps its name'); END;
CREATE TRIGGER ledger_delete BEFORE DELETE ON ledger
BEGIN SELECT raise(ABORT, 'the ledger keeps its name'); END;
CREATE TRIGGER journal_update BEFORE UPDATE ON journal
BEGIN SELECT raise(ABORT, 'the journal is append-only'); END;
CREATE TRIGGER journal_delete BEFORE DELETE ON journal
BEGIN SELECT raise(ABORT, 'the journal is append-only'); END;
CREATE TRIGGER node_update BEFORE UPDATE ON node
BEGIN SELECT raise(ABORT, 'the tree is append-only'); END;
CREATE TRIGGER node_delete BEFORE DELETE ON node
BEGIN SELECT raise(ABORT, 'the tree is append-only'); END;
CREATE TRIGGER checkpoint_insert BEFORE INSERT ON checkpoint
WHEN NEW.size <> (SELECT sequence FROM next) - 1
BEGIN SELECT raise(ABORT, 'a checkpoint is of the whole journal'); END;
CREATE TRIGGER checkpoint_update BEFORE UPDATE ON checkpoint
BEGIN SELECT raise(ABORT, 'checkpoints are append-only'); END;
CREATE TRIGGER checkpoint_delete BEFORE DELETE ON checkpoint
BEGIN SELECT raise(ABORT, 'checkpoints are append-only'); END;
