-- Every code that a device gave and that changed the books.
CREATE TABLE received (
    id       INTEGER PRIMARY KEY,
    device   INTEGER NOT NULL REFERENCES device (id),
    kind     TEXT    NOT NULL
             CHECK (kind IN ('confirmation', 'return', 'cancellation', 'status', 'usage')),
    position INTEGER NOT NULL CHECK (position BETWEEN 0 AND 2047),
    body     BLOB    NOT NULL CHECK (length(body) BETWEEN 1 AND 4096),
    sequence INTEGER NOT NULL REFERENCES journal (sequence) DEFERRABLE INITIALLY DEFERRED,
    CHECK ((position > 0) = (kind IN ('confirmation', 'return', 'cancellation')))
) STRICT;
CREATE INDEX received_device ON received (device, id);
CREATE INDEX received_sequence ON received (sequence);

-- What was done under an operation ID, so that doing it again gives the same answer.
CREATE TABLE operation (
    id       TEXT    PRIMARY KEY CHECK (length(id) BETWEEN 1 AND 128),
    verb     TEXT    NOT NULL CHECK (length(verb) BETWEEN 1 AND 64),
    wish     BLOB    NOT NULL CHECK (length(wish) = 32),
    result   BLOB    NOT NULL CHECK (length(result) <= 1048576),
    sequence INTEGER NOT NULL REFERENCES journal (sequence) DEFERRABLE INITIALLY DEFERRED
) STRICT, WITHOUT ROWID;
CREATE INDEX operation_sequence ON operation (sequence);

CREATE TRIGGER received_insert BEFORE INSERT ON received WHEN NEW.sequence <> (SELECT sequence FROM next)
BEGIN SELECT raise(ABORT, 'rows belong to the next entry of the journal'); END;
CREATE TRIGGER operation_insert BEFORE INSERT ON operation WHEN NEW.sequence <> (SELECT sequence FROM next)
BEGIN SELECT raise(ABORT, 'rows belong to the next entry of the journal'); END;
CREATE TRIGGER received_update BEFORE UPDATE ON received
BEGIN SELECT raise(ABORT, 'received codes are append-only'); END;
CREATE TRIGGER received_delete BEFORE DELETE ON received
BEGIN SELECT raise(ABORT, 'received codes are append-only'); END;
CREATE TRIGGER operation_update BEFORE UPDATE ON operation
BEGIN SELECT raise(ABORT, 'operations are append-only'); END;
CREATE TRIGGER operation_delete BEFORE DELETE ON operation
BEGIN SELECT raise(ABORT, 'operations are append-only'); END;
