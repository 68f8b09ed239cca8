-- Devices that an officer gave up getting licenses back from. Nothing is charged to them any more.
CREATE TABLE write_off (
    device   INTEGER PRIMARY KEY REFERENCES device (id),
    sequence INTEGER NOT NULL REFERENCES journal (sequence) DEFERRABLE INITIALLY DEFERRED
) STRICT;
CREATE INDEX write_off_sequence ON write_off (sequence);

-- Evidence said of a device that was written off that it can't use anything. A report of the device
-- may take that back, so there may be several.
CREATE TABLE settlement (
    device   INTEGER NOT NULL REFERENCES write_off (device),
    sequence INTEGER NOT NULL REFERENCES journal (sequence) DEFERRABLE INITIALLY DEFERRED,
    PRIMARY KEY (device, sequence)
) STRICT, WITHOUT ROWID;
CREATE INDEX settlement_sequence ON settlement (sequence);

-- What an officer looked at: files by their digest. The files themselves are kept elsewhere.
CREATE TABLE evidence (
    sequence INTEGER NOT NULL REFERENCES journal (sequence) DEFERRABLE INITIALLY DEFERRED,
    place    INTEGER NOT NULL CHECK (place BETWEEN 0 AND 63),
    device   INTEGER NOT NULL REFERENCES device (id),
    name     TEXT    NOT NULL CHECK (length(name) BETWEEN 1 AND 256),
    size     INTEGER NOT NULL CHECK (size >= 0),
    digest   BLOB    NOT NULL CHECK (length(digest) = 32), -- SHA-256
    PRIMARY KEY (sequence, place)
) STRICT, WITHOUT ROWID;
CREATE INDEX evidence_device ON evidence (device);

-- The device that got the licenses of one that was written off, with which authorization.
CREATE TABLE replacement (
    device     INTEGER PRIMARY KEY REFERENCES write_off (device),
    substitute INTEGER NOT NULL CHECK (substitute <> device),
    number     INTEGER NOT NULL,
    sequence   INTEGER NOT NULL REFERENCES journal (sequence) DEFERRABLE INITIALLY DEFERRED,
    FOREIGN KEY (substitute, number) REFERENCES authorization (device, number)
) STRICT;
CREATE INDEX replacement_sequence ON replacement (sequence);
CREATE INDEX replacement_substitute ON replacement (substitute);

-- What a device that was written off could be holding, of each lot. No lot has it reserved.
CREATE TABLE exposure (
    device INTEGER NOT NULL REFERENCES write_off (device),
    lot    INTEGER NOT NULL REFERENCES lot (id),
    count  INTEGER NOT NULL CHECK (count BETWEEN 1 AND 2147483647),
    PRIMARY KEY (device, lot)
) STRICT, WITHOUT ROWID;
CREATE INDEX exposure_lot ON exposure (lot);

CREATE TRIGGER write_off_insert BEFORE INSERT ON write_off WHEN NEW.sequence <> (SELECT sequence FROM next)
BEGIN SELECT raise(ABORT, 'rows belong to the next entry of the journal'); END;
CREATE TRIGGER settlement_insert BEFORE INSERT ON settlement WHEN NEW.sequence <> (SELECT sequence FROM next)
BEGIN SELECT raise(ABORT, 'rows belong to the next entry of the journal'); END;
CREATE TRIGGER evidence_insert BEFORE INSERT ON evidence WHEN NEW.sequence <> (SELECT sequence FROM next)
BEGIN SELECT raise(ABORT, 'rows belong to the next entry of the journal'); END;
CREATE TRIGGER replacement_insert BEFORE INSERT ON replacement WHEN NEW.sequence <> (SELECT sequence FROM next)
BEGIN SELECT raise(ABORT, 'rows belong to the next entry of the journal'); END;
CREATE TRIGGER write_off_update BEFORE UPDATE ON write_off
BEGIN SELECT raise(ABORT, 'write-offs are append-only'); END;
CREATE TRIGGER write_off_delete BEFORE DELETE ON write_off
BEGIN SELECT raise(ABORT, 'write-offs are append-only'); END;
CREATE TRIGGER settlement_update BEFORE UPDATE ON settlement
BEGIN SELECT raise(ABORT, 'settlements are append-only'); END;
CREATE TRIGGER settlement_delete BEFORE DELETE ON settlement
BEGIN SELECT raise(ABORT, 'settlements are append-only'); END;
CREATE TRIGGER evidence_update BEFORE UPDATE ON evidence
BEGIN SELECT raise(ABORT, 'evidence is append-only'); END;
CREATE TRIGGER evidence_delete BEFORE DELETE ON evidence
BEGIN SELECT raise(ABORT, 'evidence is append-only'); END;
CREATE TRIGGER replacement_update BEFORE UPDATE ON replacement
BEGIN SELECT raise(ABORT, 'replacements are append-only'); END;
CREATE TRIGGER replacement_delete BEFORE DELETE ON replacement
BEGIN SELECT raise(ABORT, 'replacements are append-only'); END;
