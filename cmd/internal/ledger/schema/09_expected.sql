-- Devices that purchasing announced, so that one nobody expects is seen before anything is signed for
-- it. An announcement that is taken back is a row of its own: the newest of a serial number counts.
CREATE TABLE expectation (
    serial    TEXT    NOT NULL CHECK (length(serial) BETWEEN 1 AND 64),
    product   TEXT    NOT NULL CHECK (length(product) <= 32), -- '' is any
    sequence  INTEGER NOT NULL REFERENCES journal (sequence) DEFERRABLE INITIALLY DEFERRED,
    expected  INTEGER NOT NULL CHECK (expected IN (0, 1)),
    account   INTEGER REFERENCES account (id), -- where it is to go, NULL is anywhere
    reference TEXT    NOT NULL CHECK (length(reference) <= 256),
    PRIMARY KEY (serial, product, sequence)
) STRICT, WITHOUT ROWID;
CREATE INDEX expectation_sequence ON expectation (sequence);

CREATE VIEW expected AS
    SELECT serial, product, account, reference, sequence FROM expectation AS e
    WHERE expected = 1 AND sequence = (SELECT max(sequence) FROM expectation WHERE serial = e.serial AND product = e.product);

CREATE TRIGGER expectation_insert BEFORE INSERT ON expectation WHEN NEW.sequence <> (SELECT sequence FROM next)
BEGIN SELECT raise(ABORT, 'rows belong to the next entry of the journal'); END;
CREATE TRIGGER expectation_update BEFORE UPDATE ON expectation
BEGIN SELECT raise(ABORT, 'expectations are append-only'); END;
CREATE TRIGGER expectation_delete BEFORE DELETE ON expectation
BEGIN SELECT raise(ABORT, 'expectations are append-only'); END;
