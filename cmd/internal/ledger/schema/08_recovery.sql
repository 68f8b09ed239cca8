-- A ledger that was put back to an older state begins a new epoch, with another name for its log:
-- a log must never sign two histories. What was known of the lost one is kept.
CREATE TABLE recovery (
    epoch    INTEGER PRIMARY KEY CHECK (epoch >= 2),
    size     INTEGER NOT NULL CHECK (size BETWEEN 0 AND 4294967295), -- entries of the lost journal, 0 if unknown
    root     BLOB    NOT NULL CHECK (length(root) = 32),
    sequence INTEGER NOT NULL REFERENCES journal (sequence) DEFERRABLE INITIALLY DEFERRED
) STRICT;
CREATE INDEX recovery_sequence ON recovery (sequence);

CREATE TABLE recovery_end (
    epoch    INTEGER PRIMARY KEY REFERENCES recovery (epoch),
    sequence INTEGER NOT NULL REFERENCES journal (sequence) DEFERRABLE INITIALLY DEFERRED
) STRICT;
CREATE INDEX recovery_end_sequence ON recovery_end (sequence);

-- Devices that an officer gave up settling: what they hold of the lost history is not known.
CREATE TABLE waiver (
    epoch    INTEGER NOT NULL REFERENCES recovery (epoch),
    device   INTEGER NOT NULL REFERENCES device (id),
    sequence INTEGER NOT NULL REFERENCES journal (sequence) DEFERRABLE INITIALLY DEFERRED,
    PRIMARY KEY (epoch, device)
) STRICT, WITHOUT ROWID;
CREATE INDEX waiver_sequence ON waiver (sequence);

CREATE TRIGGER recovery_insert BEFORE INSERT ON recovery
WHEN NEW.sequence <> (SELECT sequence FROM next) OR NEW.epoch <> (SELECT count(*) FROM recovery) + 2
BEGIN SELECT raise(ABORT, 'rows belong to the next entry of the journal'); END;
CREATE TRIGGER recovery_end_insert BEFORE INSERT ON recovery_end
WHEN NEW.sequence <> (SELECT sequence FROM next)
BEGIN SELECT raise(ABORT, 'rows belong to the next entry of the journal'); END;
CREATE TRIGGER waiver_insert BEFORE INSERT ON waiver
WHEN NEW.sequence <> (SELECT sequence FROM next)
BEGIN SELECT raise(ABORT, 'rows belong to the next entry of the journal'); END;
CREATE TRIGGER waiver_update BEFORE UPDATE ON waiver
BEGIN SELECT raise(ABORT, 'waivers are append-only'); END;
CREATE TRIGGER waiver_delete BEFORE DELETE ON waiver
BEGIN SELECT raise(ABORT, 'waivers are append-only'); END;
CREATE TRIGGER recovery_update BEFORE UPDATE ON recovery
BEGIN SELECT raise(ABORT, 'recoveries are append-only'); END;
CREATE TRIGGER recovery_delete BEFORE DELETE ON recovery
BEGIN SELECT raise(ABORT, 'recoveries are append-only'); END;
CREATE TRIGGER recovery_end_update BEFORE UPDATE ON recovery_end
BEGIN SELECT raise(ABORT, 'recoveries are append-only'); END;
CREATE TRIGGER recovery_end_delete BEFORE DELETE ON recovery_end
BEGIN SELECT raise(ABORT, 'recoveries are append-only'); END;
