-- Option keys: licenses of the older kind, locked to one device and one place in its list. Converted
-- ones become lots; what was converted of a key never counts again.
CREATE TABLE option_key (
    id          INTEGER PRIMARY KEY,
    udi         TEXT    NOT NULL CHECK (length(udi) BETWEEN 3 AND 97),
    slot        INTEGER NOT NULL CHECK (slot BETWEEN 0 AND 65535), -- its index on the device
    option      TEXT    NOT NULL CHECK (length(option) BETWEEN 1 AND 64),
    entitlement INTEGER REFERENCES entitlement (id), -- what it becomes, NULL if nothing is known
    quantity    INTEGER NOT NULL CHECK (quantity BETWEEN 1 AND 2147483647),
    ends        INTEGER NOT NULL CHECK (ends BETWEEN 0 AND 65535), -- its last valid day, 0 without end
    whole       INTEGER NOT NULL CHECK (whole IN (0, 1)), -- can only be converted whole
    ineligible  TEXT    NOT NULL CHECK (length(ineligible) <= 256), -- why it can't be converted, '' if it can
    sequence    INTEGER NOT NULL REFERENCES journal (sequence) DEFERRABLE INITIALLY DEFERRED,
    CHECK (ineligible <> '' OR entitlement IS NOT NULL)
) STRICT;
CREATE INDEX option_key_udi ON option_key (udi, slot);
CREATE INDEX option_key_sequence ON option_key (sequence);

-- A key that was taken off its device.
CREATE TABLE option_key_removal (
    option_key INTEGER PRIMARY KEY REFERENCES option_key (id),
    sequence   INTEGER NOT NULL REFERENCES journal (sequence) DEFERRABLE INITIALLY DEFERRED
) STRICT;
CREATE INDEX option_key_removal_sequence ON option_key_removal (sequence);

CREATE TABLE conversion (
    option_key INTEGER NOT NULL REFERENCES option_key (id),
    sequence   INTEGER NOT NULL REFERENCES journal (sequence) DEFERRABLE INITIALLY DEFERRED,
    lot        INTEGER NOT NULL UNIQUE REFERENCES lot (id),
    quantity   INTEGER NOT NULL CHECK (quantity BETWEEN 1 AND 2147483647),
    PRIMARY KEY (option_key, sequence)
) STRICT, WITHOUT ROWID;
CREATE INDEX conversion_sequence ON conversion (sequence);

CREATE VIEW option_key_state AS
    SELECT k.*, coalesce((SELECT sum(c.quantity) FROM conversion c WHERE c.option_key = k.id), 0) AS converted,
           EXISTS (SELECT 1 FROM option_key_removal r WHERE r.option_key = k.id) AS removed
    FROM option_key k;

CREATE TRIGGER option_key_insert BEFORE INSERT ON option_key
WHEN NEW.sequence <> (SELECT sequence FROM next)
BEGIN SELECT raise(ABORT, 'rows belong to the next entry of the journal'); END;
CREATE TRIGGER option_key_place BEFORE INSERT ON option_key
WHEN EXISTS (SELECT 1 FROM option_key_state WHERE udi = NEW.udi AND slot = NEW.slot AND removed = 0)
BEGIN SELECT raise(ABORT, 'a key has its place for itself'); END;
CREATE TRIGGER option_key_removal_insert BEFORE INSERT ON option_key_removal
WHEN NEW.sequence <> (SELECT sequence FROM next)
BEGIN SELECT raise(ABORT, 'rows belong to the next entry of the journal'); END;
CREATE TRIGGER conversion_insert BEFORE INSERT ON conversion
WHEN NEW.sequence <> (SELECT sequence FROM next)
BEGIN SELECT raise(ABORT, 'rows belong to the next entry of the journal'); END;
CREATE TRIGGER conversion_once BEFORE INSERT ON conversion
WHEN NOT EXISTS (SELECT 1 FROM option_key_state k WHERE k.id = NEW.option_key AND k.removed = 0 AND k.ineligible = ''
    AND k.converted + NEW.quantity <= k.quantity AND (k.whole = 0 OR NEW.quantity = k.quantity))
BEGIN SELECT raise(ABORT, 'a key counts once'); END;
CREATE TRIGGER option_key_update BEFORE UPDATE ON option_key
BEGIN SELECT raise(ABORT, 'option keys are append-only'); END;
CREATE TRIGGER option_key_delete BEFORE DELETE ON option_key
BEGIN SELECT raise(ABORT, 'option keys are append-only'); END;
CREATE TRIGGER option_key_removal_update BEFORE UPDATE ON option_key_removal
BEGIN SELECT raise(ABORT, 'option keys are append-only'); END;
CREATE TRIGGER option_key_removal_delete BEFORE DELETE ON option_key_removal
BEGIN SELECT raise(ABORT, 'option keys are append-only'); END;
CREATE TRIGGER conversion_update BEFORE UPDATE ON conversion
BEGIN SELECT raise(ABORT, 'conversions are append-only'); END;
CREATE TRIGGER conversion_delete BEFORE DELETE ON conversion
BEGIN SELECT raise(ABORT, 'conversions are append-only'); END;
