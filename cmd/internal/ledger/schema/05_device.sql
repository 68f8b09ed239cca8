-- A device is one identity of a product instance, and what the issuer knows of it.
CREATE TABLE device (
    id            INTEGER PRIMARY KEY,
    did           BLOB    NOT NULL UNIQUE CHECK (length(did) = 32),
    udi           TEXT    NOT NULL CHECK (length(udi) BETWEEN 3 AND 97),
    serial        TEXT    NOT NULL CHECK (length(serial) BETWEEN 1 AND 64),
    account       INTEGER NOT NULL REFERENCES account (id),
    label         TEXT    NOT NULL DEFAULT '' CHECK (length(label) <= 256),
    superseded    INTEGER NOT NULL DEFAULT 0 CHECK (superseded IN (0, 1)),
    request       BLOB    NOT NULL CHECK (length(request) BETWEEN 1 AND 1024),
    sequence      INTEGER NOT NULL REFERENCES journal (sequence) DEFERRABLE INITIALLY DEFERRED,

    floor         INTEGER NOT NULL DEFAULT 0 CHECK (floor BETWEEN 0 AND 1024),
    known         INTEGER NOT NULL DEFAULT 0 CHECK (known BETWEEN 0 AND 2047),
    known_secret  BLOB    NOT NULL DEFAULT (zeroblob(10)) CHECK (length(known_secret) = 10),
    seen          INTEGER NOT NULL DEFAULT 0 CHECK (seen BETWEEN 0 AND 1024),
    current       INTEGER NOT NULL DEFAULT 0 CHECK (current BETWEEN 0 AND 1023),
    statements    INTEGER NOT NULL DEFAULT 0 CHECK (statements BETWEEN 0 AND 4294967295),
    statement_sum BLOB    NOT NULL DEFAULT (zeroblob(8)) CHECK (length(statement_sum) = 8),
    suspect       INTEGER NOT NULL DEFAULT 0 CHECK (suspect IN (0, 1)),
    quarantined   INTEGER NOT NULL DEFAULT 0 CHECK (quarantined IN (0, 1)),
    written_off   INTEGER NOT NULL DEFAULT 0 CHECK (written_off IN (0, 1)),
    last_before   INTEGER NOT NULL DEFAULT 0 CHECK (last_before BETWEEN 0 AND 1023), -- the highest number issued by then
    settled       INTEGER NOT NULL DEFAULT 0 CHECK (settled IN (0, 1) AND settled <= written_off),
    lives         INTEGER NOT NULL DEFAULT 0 CHECK (lives IN (0, 1) AND lives <= written_off),
    standing      TEXT    NOT NULL DEFAULT 'enrolled'
                  CHECK (standing IN ('enrolled', 'outstanding', 'steady', 'empty', 'return-pending', 'written-off'))
) STRICT;
CREATE UNIQUE INDEX device_current ON device (udi) WHERE superseded = 0;
CREATE INDEX device_udi ON device (udi);
CREATE INDEX device_serial ON device (serial) WHERE superseded = 0;
CREATE INDEX device_account ON device (account);
CREATE INDEX device_sequence ON device (sequence);
CREATE INDEX device_outstanding ON device (id) WHERE standing = 'outstanding';
CREATE INDEX device_written_off ON device (id) WHERE written_off = 1;
CREATE INDEX device_flagged ON device (id) WHERE suspect = 1 OR quarantined = 1;
CREATE INDEX device_superseded ON device (udi) WHERE superseded = 1;

CREATE TABLE device_history (
    device     INTEGER NOT NULL REFERENCES device (id),
    sequence   INTEGER NOT NULL REFERENCES journal (sequence) DEFERRABLE INITIALLY DEFERRED,
    account    INTEGER NOT NULL REFERENCES account (id),
    label      TEXT    NOT NULL,
    superseded INTEGER NOT NULL,
    PRIMARY KEY (device, sequence)
) STRICT, WITHOUT ROWID;
CREATE INDEX device_history_sequence ON device_history (sequence);

-- What a device took along to another account: everything that a lot kept for it is kept by another
-- lot from there on. Authorizations older than the move draw on the target.
CREATE TABLE relocation (
    device   INTEGER NOT NULL REFERENCES device (id),
    sequence INTEGER NOT NULL REFERENCES journal (sequence) DEFERRABLE INITIALLY DEFERRED,
    source   INTEGER NOT NULL REFERENCES lot (id),
    target   INTEGER NOT NULL REFERENCES lot (id) CHECK (target <> source),
    PRIMARY KEY (device, sequence, source)
) STRICT, WITHOUT ROWID;
CREATE INDEX relocation_sequence ON relocation (sequence);

CREATE TRIGGER device_insert BEFORE INSERT ON device WHEN NEW.sequence <> (SELECT sequence FROM next)
BEGIN SELECT raise(ABORT, 'rows belong to the next entry of the journal'); END;
CREATE TRIGGER device_new AFTER INSERT ON device
BEGIN
    INSERT INTO device_history (device, sequence, account, label, superseded)
    VALUES (NEW.id, NEW.sequence, NEW.account, NEW.label, NEW.superseded);
END;
CREATE TRIGGER device_set AFTER UPDATE OF account, label, superseded ON device
BEGIN
    INSERT INTO device_history (device, sequence, account, label, superseded)
    VALUES (NEW.id, (SELECT sequence FROM next), NEW.account, NEW.label, NEW.superseded)
    ON CONFLICT (device, sequence) DO UPDATE SET account = excluded.account, label = excluded.label,
        superseded = excluded.superseded;
END;
CREATE TRIGGER device_delete BEFORE DELETE ON device
BEGIN SELECT raise(ABORT, 'devices are kept'); END;
CREATE TRIGGER device_update BEFORE UPDATE ON device
WHEN NEW.id <> OLD.id OR NEW.did <> OLD.did OR NEW.udi <> OLD.udi OR NEW.serial <> OLD.serial OR NEW.request <> OLD.request
    OR NEW.sequence <> OLD.sequence OR NEW.superseded < OLD.superseded OR NEW.floor < OLD.floor OR NEW.known < OLD.known
    OR NEW.seen < OLD.seen OR NEW.statements < OLD.statements OR NEW.written_off < OLD.written_off OR NEW.lives < OLD.lives
BEGIN SELECT raise(ABORT, 'what is known of a device never goes back'); END;
CREATE TRIGGER relocation_insert BEFORE INSERT ON relocation WHEN NEW.sequence <> (SELECT sequence FROM next)
BEGIN SELECT raise(ABORT, 'rows belong to the next entry of the journal'); END;
CREATE TRIGGER relocation_update BEFORE UPDATE ON relocation
BEGIN SELECT raise(ABORT, 'relocations are append-only'); END;
CREATE TRIGGER relocation_delete BEFORE DELETE ON relocation
BEGIN SELECT raise(ABORT, 'relocations are append-only'); END;

-- Append-only, but for rows whose entry is still to come.
CREATE TRIGGER device_history_update BEFORE UPDATE ON device_history
WHEN OLD.sequence <> (SELECT sequence FROM next) OR NEW.device <> OLD.device OR NEW.sequence <> OLD.sequence
BEGIN SELECT raise(ABORT, 'histories are append-only'); END;
CREATE TRIGGER device_history_delete BEFORE DELETE ON device_history
WHEN OLD.sequence <> (SELECT sequence FROM next)
BEGIN SELECT raise(ABORT, 'histories are append-only'); END;
