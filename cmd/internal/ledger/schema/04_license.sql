-- A lot is one purchase, or the part of one that was moved to another account: its origin is then
-- the purchase. "reserved", "in_transit" and "coming_back" are the sums of the charge table; the
-- checks are the last line of defense against reserving twice. "pending_return" is the sum of the
-- exposure table: what devices that were written off could be holding, beside what is reserved. Without limit is for entitlements
-- that are only reported: as many as a lot can have, or 0 once it was moved or removed.
CREATE TABLE lot (
    id          INTEGER PRIMARY KEY,
    account     INTEGER NOT NULL REFERENCES account (id),
    entitlement INTEGER NOT NULL REFERENCES entitlement (id),
    origin      INTEGER REFERENCES lot (id),
    unlimited   INTEGER NOT NULL DEFAULT 0 CHECK (unlimited IN (0, 1)),
    quantity    INTEGER NOT NULL CHECK (quantity BETWEEN 0 AND 2147483647),
    reserved    INTEGER NOT NULL DEFAULT 0 CHECK (reserved >= 0 AND reserved <= quantity),
    in_transit  INTEGER NOT NULL DEFAULT 0 CHECK (in_transit >= 0 AND in_transit <= reserved),
    coming_back INTEGER NOT NULL DEFAULT 0 CHECK (coming_back >= 0 AND coming_back <= reserved),
    pending_return INTEGER NOT NULL DEFAULT 0 CHECK (pending_return >= 0),
    starts      INTEGER NOT NULL CHECK (starts BETWEEN 0 AND 65535),
    ends        INTEGER NOT NULL CHECK (ends = 0 OR ends BETWEEN starts AND 65535),
    reference   TEXT    NOT NULL CHECK (length(reference) <= 256),
    sequence    INTEGER NOT NULL REFERENCES journal (sequence) DEFERRABLE INITIALLY DEFERRED,
    CHECK (unlimited = 0 OR quantity IN (0, 2147483647))
) STRICT;
CREATE INDEX lot_account ON lot (account, entitlement);
CREATE INDEX lot_origin ON lot (origin) WHERE origin IS NOT NULL;
CREATE INDEX lot_sequence ON lot (sequence);

CREATE TABLE lot_history (
    lot      INTEGER NOT NULL REFERENCES lot (id),
    sequence INTEGER NOT NULL REFERENCES journal (sequence) DEFERRABLE INITIALLY DEFERRED,
    quantity INTEGER NOT NULL,
    PRIMARY KEY (lot, sequence)
) STRICT, WITHOUT ROWID;
CREATE INDEX lot_history_sequence ON lot_history (sequence);

-- The one definition of what is available. What is reserved is never subtracted anywhere else.
CREATE VIEW balance AS
    SELECT id, account, entitlement, starts, ends, unlimited, quantity AS purchased, reserved, in_transit,
           coming_back, pending_return, quantity - reserved AS available
    FROM lot;

CREATE TRIGGER lot_insert BEFORE INSERT ON lot WHEN NEW.sequence <> (SELECT sequence FROM next)
BEGIN SELECT raise(ABORT, 'rows belong to the next entry of the journal'); END;
CREATE TRIGGER lot_new AFTER INSERT ON lot
BEGIN
    INSERT INTO lot_history (lot, sequence, quantity) VALUES (NEW.id, NEW.sequence, NEW.quantity);
END;
CREATE TRIGGER lot_set AFTER UPDATE OF quantity ON lot
BEGIN
    INSERT INTO lot_history (lot, sequence, quantity)
    VALUES (NEW.id, (SELECT sequence FROM next), NEW.quantity)
    ON CONFLICT (lot, sequence) DO UPDATE SET quantity = excluded.quantity;
END;
CREATE TRIGGER lot_update BEFORE UPDATE ON lot
WHEN NEW.id <> OLD.id OR NEW.account <> OLD.account OR NEW.entitlement <> OLD.entitlement OR NEW.origin IS NOT OLD.origin
    OR NEW.unlimited <> OLD.unlimited OR NEW.starts <> OLD.starts OR NEW.ends <> OLD.ends
    OR NEW.reference <> OLD.reference OR NEW.sequence <> OLD.sequence
BEGIN SELECT raise(ABORT, 'a lot keeps what it is'); END;
CREATE TRIGGER lot_delete BEFORE DELETE ON lot
BEGIN SELECT raise(ABORT, 'lots are kept'); END;

-- Append-only, but for rows whose entry is still to come.
CREATE TRIGGER lot_history_update BEFORE UPDATE ON lot_history
WHEN OLD.sequence <> (SELECT sequence FROM next) OR NEW.lot <> OLD.lot OR NEW.sequence <> OLD.sequence
BEGIN SELECT raise(ABORT, 'histories are append-only'); END;
CREATE TRIGGER lot_history_delete BEFORE DELETE ON lot_history
WHEN OLD.sequence <> (SELECT sequence FROM next)
BEGIN SELECT raise(ABORT, 'histories are append-only'); END;
