-- Every authorization as it was signed. Only the mark of death is ever set.
CREATE TABLE authorization (
    device    INTEGER NOT NULL REFERENCES device (id),
    number    INTEGER NOT NULL CHECK (number BETWEEN 1 AND 1023),
    sequence  INTEGER NOT NULL REFERENCES journal (sequence) DEFERRABLE INITIALLY DEFERRED,
    day       INTEGER NOT NULL CHECK (day BETWEEN 1 AND 65535),
    operation TEXT    NOT NULL CHECK (length(operation) <= 128),
    digest    BLOB    NOT NULL CHECK (length(digest) = 8),
    body      BLOB    NOT NULL CHECK (length(body) BETWEEN 1 AND 16384),
    rebased   INTEGER NOT NULL DEFAULT 0 CHECK (rebased IN (0, 1, 2)), -- 1: numbers were left out before it, which a lost part of the books had; 2: it is itself one of those
    dead      INTEGER NOT NULL DEFAULT 0 CHECK (dead IN (0, 1)),
    PRIMARY KEY (device, number)
) STRICT, WITHOUT ROWID;
CREATE INDEX authorization_sequence ON authorization (sequence);

-- What each authorization takes from which lot, in the order it was chosen.
CREATE TABLE draw (
    device      INTEGER NOT NULL,
    number      INTEGER NOT NULL,
    place       INTEGER NOT NULL CHECK (place BETWEEN 0 AND 4095),
    lot         INTEGER NOT NULL REFERENCES lot (id),
    entitlement INTEGER NOT NULL REFERENCES entitlement (id),
    count       INTEGER NOT NULL CHECK (count BETWEEN 1 AND 2147483647),
    ends        INTEGER NOT NULL CHECK (ends BETWEEN 0 AND 65535),
    PRIMARY KEY (device, number, place),
    FOREIGN KEY (device, number) REFERENCES authorization (device, number)
) STRICT, WITHOUT ROWID;

-- What each lot must keep for each device.
CREATE TABLE charge (
    device      INTEGER NOT NULL REFERENCES device (id),
    lot         INTEGER NOT NULL REFERENCES lot (id),
    count       INTEGER NOT NULL CHECK (count BETWEEN 1 AND 2147483647),
    in_transit  INTEGER NOT NULL CHECK (in_transit BETWEEN 0 AND count),  -- no confirmation covers it yet
    coming_back INTEGER NOT NULL CHECK (coming_back BETWEEN 0 AND count), -- the newest authorization no longer grants it
    PRIMARY KEY (device, lot)
) STRICT, WITHOUT ROWID;
CREATE INDEX charge_lot ON charge (lot);

CREATE TRIGGER authorization_insert BEFORE INSERT ON authorization WHEN NEW.sequence <> (SELECT sequence FROM next)
BEGIN SELECT raise(ABORT, 'rows belong to the next entry of the journal'); END;
CREATE TRIGGER authorization_delete BEFORE DELETE ON authorization
BEGIN SELECT raise(ABORT, 'authorizations are append-only'); END;
CREATE TRIGGER authorization_update BEFORE UPDATE ON authorization
WHEN NEW.device <> OLD.device OR NEW.number <> OLD.number OR NEW.sequence <> OLD.sequence OR NEW.day <> OLD.day
    OR NEW.operation <> OLD.operation OR NEW.digest <> OLD.digest OR NEW.body <> OLD.body OR NEW.rebased <> OLD.rebased OR NEW.dead < OLD.dead
BEGIN SELECT raise(ABORT, 'authorizations are append-only'); END;
CREATE TRIGGER draw_update BEFORE UPDATE ON draw
BEGIN SELECT raise(ABORT, 'draws are append-only'); END;
CREATE TRIGGER draw_delete BEFORE DELETE ON draw
BEGIN SELECT raise(ABORT, 'draws are append-only'); END;
