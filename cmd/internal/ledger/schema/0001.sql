-- The books of one issuer. Days are counted from 2020-01-01 UTC, 0 is none; times are Unix seconds.
-- "sequence" and what refers to it name an entry of the journal: the foreign keys are deferred, so
-- a change may be written before its entry, but never committed without it. Each such column has
-- an index, because SQLite looks for waiting references whenever an entry is written.

CREATE TABLE ledger (
    one INTEGER PRIMARY KEY CHECK (one = 1),
    id  BLOB    NOT NULL CHECK (length(id) = 16)
) STRICT;

-- The journal: a chain of hashes, nothing is ever changed or taken out.
CREATE TABLE journal (
    sequence  INTEGER PRIMARY KEY CHECK (sequence BETWEEN 1 AND 4294967295),
    time      INTEGER NOT NULL,
    kind      TEXT    NOT NULL CHECK (length(kind) BETWEEN 1 AND 64),
    actor     TEXT    NOT NULL CHECK (length(actor) BETWEEN 1 AND 256),
    subject   TEXT    NOT NULL CHECK (length(subject) <= 512),
    body      BLOB    NOT NULL CHECK (length(body) BETWEEN 2 AND 1048576),
    content   BLOB    NOT NULL CHECK (length(content) = 32), -- digest of all rows with this sequence
    previous  BLOB    NOT NULL CHECK (length(previous) = 32),
    hash      BLOB    NOT NULL CHECK (length(hash) = 32),
    signer    BLOB    NOT NULL CHECK (length(signer) IN (0, 32)),
    signature BLOB    NOT NULL CHECK (length(signature) <= 4096),
    CHECK ((length(signer) = 0) = (length(signature) = 0))
) STRICT;
CREATE INDEX journal_subject ON journal (subject, sequence) WHERE subject <> '';

-- The number of the entry that the rows being written belong to.
CREATE VIEW next AS
    SELECT coalesce((SELECT sequence FROM journal ORDER BY sequence DESC LIMIT 1), 0) + 1 AS sequence;

-- Trust: every version of the trust root, and the catalogs they name.
CREATE TABLE catalog (
    digest BLOB PRIMARY KEY CHECK (length(digest) = 32),
    raw    BLOB NOT NULL CHECK (length(raw) BETWEEN 1 AND 262144)
) STRICT;

CREATE TABLE root (
    version  INTEGER PRIMARY KEY CHECK (version BETWEEN 1 AND 1024),
    signed   BLOB    NOT NULL CHECK (length(signed) BETWEEN 1 AND 32768),
    catalog  BLOB    NOT NULL CHECK (length(catalog) = 32), -- may be unknown for an old version
    sequence INTEGER NOT NULL REFERENCES journal (sequence) DEFERRABLE INITIALLY DEFERRED
) STRICT;
CREATE INDEX root_sequence ON root (sequence);

-- Every entitlement that any catalog ever offered. IDs and tags keep their meaning for good.
CREATE TABLE entitlement (
    id  INTEGER PRIMARY KEY CHECK (id BETWEEN 1 AND 16383),
    tag TEXT    NOT NULL UNIQUE CHECK (length(tag) BETWEEN 1 AND 48)
) STRICT;

CREATE TABLE account (
    id             INTEGER PRIMARY KEY,
    path           TEXT    NOT NULL UNIQUE CHECK (length(path) BETWEEN 1 AND 263),
    parent         INTEGER REFERENCES account (id),
    reservation    INTEGER NOT NULL CHECK (reservation IN (0, 1)),
    export_control INTEGER NOT NULL CHECK (export_control IN (0, 1)),
    holding        INTEGER NOT NULL CHECK (holding IN (0, 1)),
    sequence       INTEGER NOT NULL REFERENCES journal (sequence) DEFERRABLE INITIALLY DEFERRED
) STRICT;
CREATE INDEX account_sequence ON account (sequence);

-- What officers change about accounts, lots and devices is written down by triggers as well, so that
-- the journal covers it.
CREATE TABLE account_history (
    account        INTEGER NOT NULL REFERENCES account (id),
    sequence       INTEGER NOT NULL REFERENCES journal (sequence) DEFERRABLE INITIALLY DEFERRED,
    reservation    INTEGER NOT NULL,
    export_control INTEGER NOT NULL,
    holding        INTEGER NOT NULL,
    PRIMARY KEY (account, sequence)
) STRICT, WITHOUT ROWID;
CREATE INDEX account_history_sequence ON account_history (sequence);

-- A lot is one purchase. "reserved" and "in_transit" are the sums of the charge table; the checks
-- are the last line of defense against reserving twice.
CREATE TABLE lot (
    id          INTEGER PRIMARY KEY,
    account     INTEGER NOT NULL REFERENCES account (id),
    entitlement INTEGER NOT NULL REFERENCES entitlement (id),
    quantity    INTEGER NOT NULL CHECK (quantity BETWEEN 0 AND 2147483647),
    reserved    INTEGER NOT NULL DEFAULT 0 CHECK (reserved >= 0 AND reserved <= quantity),
    in_transit  INTEGER NOT NULL DEFAULT 0 CHECK (in_transit >= 0 AND in_transit <= reserved),
    starts      INTEGER NOT NULL CHECK (starts BETWEEN 0 AND 65535),
    ends        INTEGER NOT NULL CHECK (ends = 0 OR ends BETWEEN starts AND 65535),
    reference   TEXT    NOT NULL CHECK (length(reference) <= 256),
    sequence    INTEGER NOT NULL REFERENCES journal (sequence) DEFERRABLE INITIALLY DEFERRED
) STRICT;
CREATE INDEX lot_account ON lot (account, entitlement);
CREATE INDEX lot_sequence ON lot (sequence);

CREATE TABLE lot_history (
    lot      INTEGER NOT NULL REFERENCES lot (id),
    sequence INTEGER NOT NULL REFERENCES journal (sequence) DEFERRABLE INITIALLY DEFERRED,
    account  INTEGER NOT NULL REFERENCES account (id),
    quantity INTEGER NOT NULL,
    PRIMARY KEY (lot, sequence)
) STRICT, WITHOUT ROWID;
CREATE INDEX lot_history_sequence ON lot_history (sequence);

-- The one definition of what is available. What is reserved is never subtracted anywhere else.
CREATE VIEW balance AS
    SELECT id, account, entitlement, starts, ends, quantity AS purchased, reserved, in_transit,
           quantity - reserved AS available
    FROM lot;

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
    standing      TEXT    NOT NULL DEFAULT 'enrolled'
                  CHECK (standing IN ('enrolled', 'outstanding', 'steady', 'empty'))
) STRICT;
CREATE UNIQUE INDEX device_current ON device (udi) WHERE superseded = 0;
CREATE INDEX device_udi ON device (udi);
CREATE INDEX device_serial ON device (serial) WHERE superseded = 0;
CREATE INDEX device_account ON device (account);
CREATE INDEX device_sequence ON device (sequence);

CREATE TABLE device_history (
    device     INTEGER NOT NULL REFERENCES device (id),
    sequence   INTEGER NOT NULL REFERENCES journal (sequence) DEFERRABLE INITIALLY DEFERRED,
    account    INTEGER NOT NULL REFERENCES account (id),
    label      TEXT    NOT NULL,
    superseded INTEGER NOT NULL,
    PRIMARY KEY (device, sequence)
) STRICT, WITHOUT ROWID;
CREATE INDEX device_history_sequence ON device_history (sequence);

-- Every authorization as it was signed. Only the mark of death is ever set.
CREATE TABLE authorization (
    device    INTEGER NOT NULL REFERENCES device (id),
    number    INTEGER NOT NULL CHECK (number BETWEEN 1 AND 1023),
    sequence  INTEGER NOT NULL REFERENCES journal (sequence) DEFERRABLE INITIALLY DEFERRED,
    day       INTEGER NOT NULL CHECK (day BETWEEN 1 AND 65535),
    operation TEXT    NOT NULL CHECK (length(operation) <= 128),
    digest    BLOB    NOT NULL CHECK (length(digest) = 8),
    body      BLOB    NOT NULL CHECK (length(body) BETWEEN 1 AND 16384),
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
    device     INTEGER NOT NULL REFERENCES device (id),
    lot        INTEGER NOT NULL REFERENCES lot (id),
    count      INTEGER NOT NULL CHECK (count BETWEEN 1 AND 2147483647),
    in_transit INTEGER NOT NULL CHECK (in_transit BETWEEN 0 AND count),
    PRIMARY KEY (device, lot)
) STRICT, WITHOUT ROWID;
CREATE INDEX charge_lot ON charge (lot);

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

-- The journal is a chain, and rows are written for the entry that comes next, never for an old one.
CREATE TRIGGER journal_chain BEFORE INSERT ON journal
WHEN NEW.sequence <> (SELECT sequence FROM next)
    OR NEW.previous <> coalesce((SELECT hash FROM journal ORDER BY sequence DESC LIMIT 1), NEW.previous)
BEGIN SELECT raise(ABORT, 'the journal grows at its end'); END;
CREATE TRIGGER root_insert BEFORE INSERT ON root WHEN NEW.sequence <> (SELECT sequence FROM next)
BEGIN SELECT raise(ABORT, 'rows belong to the next entry of the journal'); END;
CREATE TRIGGER account_insert BEFORE INSERT ON account WHEN NEW.sequence <> (SELECT sequence FROM next)
BEGIN SELECT raise(ABORT, 'rows belong to the next entry of the journal'); END;
CREATE TRIGGER lot_insert BEFORE INSERT ON lot WHEN NEW.sequence <> (SELECT sequence FROM next)
BEGIN SELECT raise(ABORT, 'rows belong to the next entry of the journal'); END;
CREATE TRIGGER device_insert BEFORE INSERT ON device WHEN NEW.sequence <> (SELECT sequence FROM next)
BEGIN SELECT raise(ABORT, 'rows belong to the next entry of the journal'); END;
CREATE TRIGGER authorization_insert BEFORE INSERT ON authorization WHEN NEW.sequence <> (SELECT sequence FROM next)
BEGIN SELECT raise(ABORT, 'rows belong to the next entry of the journal'); END;
CREATE TRIGGER received_insert BEFORE INSERT ON received WHEN NEW.sequence <> (SELECT sequence FROM next)
BEGIN SELECT raise(ABORT, 'rows belong to the next entry of the journal'); END;
CREATE TRIGGER operation_insert BEFORE INSERT ON operation WHEN NEW.sequence <> (SELECT sequence FROM next)
BEGIN SELECT raise(ABORT, 'rows belong to the next entry of the journal'); END;

CREATE TRIGGER account_new AFTER INSERT ON account
BEGIN
    INSERT INTO account_history (account, sequence, reservation, export_control, holding)
    VALUES (NEW.id, NEW.sequence, NEW.reservation, NEW.export_control, NEW.holding);
END;
CREATE TRIGGER account_set AFTER UPDATE OF reservation, export_control, holding ON account
BEGIN
    INSERT INTO account_history (account, sequence, reservation, export_control, holding)
    VALUES (NEW.id, (SELECT sequence FROM next), NEW.reservation, NEW.export_control, NEW.holding)
    ON CONFLICT (account, sequence) DO UPDATE SET reservation = excluded.reservation,
        export_control = excluded.export_control, holding = excluded.holding;
END;
CREATE TRIGGER lot_new AFTER INSERT ON lot
BEGIN
    INSERT INTO lot_history (lot, sequence, account, quantity) VALUES (NEW.id, NEW.sequence, NEW.account, NEW.quantity);
END;
CREATE TRIGGER lot_set AFTER UPDATE OF account, quantity ON lot
BEGIN
    INSERT INTO lot_history (lot, sequence, account, quantity)
    VALUES (NEW.id, (SELECT sequence FROM next), NEW.account, NEW.quantity)
    ON CONFLICT (lot, sequence) DO UPDATE SET account = excluded.account, quantity = excluded.quantity;
END;
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

-- Append-only. A REPLACE would delete without a trigger, so recursive_triggers is on as well.
CREATE TRIGGER ledger_update BEFORE UPDATE ON ledger
BEGIN SELECT raise(ABORT, 'the ledger keeps its name'); END;
CREATE TRIGGER ledger_delete BEFORE DELETE ON ledger
BEGIN SELECT raise(ABORT, 'the ledger keeps its name'); END;
CREATE TRIGGER journal_update BEFORE UPDATE ON journal
BEGIN SELECT raise(ABORT, 'the journal is append-only'); END;
CREATE TRIGGER journal_delete BEFORE DELETE ON journal
BEGIN SELECT raise(ABORT, 'the journal is append-only'); END;
CREATE TRIGGER catalog_update BEFORE UPDATE ON catalog
BEGIN SELECT raise(ABORT, 'catalogs are append-only'); END;
CREATE TRIGGER catalog_delete BEFORE DELETE ON catalog
BEGIN SELECT raise(ABORT, 'catalogs are append-only'); END;
CREATE TRIGGER root_update BEFORE UPDATE ON root
BEGIN SELECT raise(ABORT, 'trust roots are append-only'); END;
CREATE TRIGGER root_delete BEFORE DELETE ON root
BEGIN SELECT raise(ABORT, 'trust roots are append-only'); END;
CREATE TRIGGER entitlement_update BEFORE UPDATE ON entitlement
BEGIN SELECT raise(ABORT, 'entitlements keep their meaning'); END;
CREATE TRIGGER entitlement_delete BEFORE DELETE ON entitlement
BEGIN SELECT raise(ABORT, 'entitlements keep their meaning'); END;
CREATE TRIGGER draw_update BEFORE UPDATE ON draw
BEGIN SELECT raise(ABORT, 'draws are append-only'); END;
CREATE TRIGGER draw_delete BEFORE DELETE ON draw
BEGIN SELECT raise(ABORT, 'draws are append-only'); END;
CREATE TRIGGER received_update BEFORE UPDATE ON received
BEGIN SELECT raise(ABORT, 'received codes are append-only'); END;
CREATE TRIGGER received_delete BEFORE DELETE ON received
BEGIN SELECT raise(ABORT, 'received codes are append-only'); END;
CREATE TRIGGER operation_update BEFORE UPDATE ON operation
BEGIN SELECT raise(ABORT, 'operations are append-only'); END;
CREATE TRIGGER operation_delete BEFORE DELETE ON operation
BEGIN SELECT raise(ABORT, 'operations are append-only'); END;

-- The histories, but for rows whose entry is still to come.
CREATE TRIGGER account_history_update BEFORE UPDATE ON account_history
WHEN OLD.sequence <> (SELECT sequence FROM next) OR NEW.account <> OLD.account OR NEW.sequence <> OLD.sequence
BEGIN SELECT raise(ABORT, 'histories are append-only'); END;
CREATE TRIGGER account_history_delete BEFORE DELETE ON account_history
WHEN OLD.sequence <> (SELECT sequence FROM next)
BEGIN SELECT raise(ABORT, 'histories are append-only'); END;
CREATE TRIGGER lot_history_update BEFORE UPDATE ON lot_history
WHEN OLD.sequence <> (SELECT sequence FROM next) OR NEW.lot <> OLD.lot OR NEW.sequence <> OLD.sequence
BEGIN SELECT raise(ABORT, 'histories are append-only'); END;
CREATE TRIGGER lot_history_delete BEFORE DELETE ON lot_history
WHEN OLD.sequence <> (SELECT sequence FROM next)
BEGIN SELECT raise(ABORT, 'histories are append-only'); END;
CREATE TRIGGER device_history_update BEFORE UPDATE ON device_history
WHEN OLD.sequence <> (SELECT sequence FROM next) OR NEW.device <> OLD.device OR NEW.sequence <> OLD.sequence
BEGIN SELECT raise(ABORT, 'histories are append-only'); END;
CREATE TRIGGER device_history_delete BEFORE DELETE ON device_history
WHEN OLD.sequence <> (SELECT sequence FROM next)
BEGIN SELECT raise(ABORT, 'histories are append-only'); END;

CREATE TRIGGER authorization_delete BEFORE DELETE ON authorization
BEGIN SELECT raise(ABORT, 'authorizations are append-only'); END;
CREATE TRIGGER authorization_update BEFORE UPDATE ON authorization
WHEN NEW.device <> OLD.device OR NEW.number <> OLD.number OR NEW.sequence <> OLD.sequence OR NEW.day <> OLD.day
    OR NEW.operation <> OLD.operation OR NEW.digest <> OLD.digest OR NEW.body <> OLD.body OR NEW.dead < OLD.dead
BEGIN SELECT raise(ABORT, 'authorizations are append-only'); END;

CREATE TRIGGER device_delete BEFORE DELETE ON device
BEGIN SELECT raise(ABORT, 'devices are kept'); END;
CREATE TRIGGER device_update BEFORE UPDATE ON device
WHEN NEW.id <> OLD.id OR NEW.did <> OLD.did OR NEW.udi <> OLD.udi OR NEW.serial <> OLD.serial OR NEW.request <> OLD.request
    OR NEW.sequence <> OLD.sequence OR NEW.superseded < OLD.superseded OR NEW.floor < OLD.floor OR NEW.known < OLD.known
    OR NEW.seen < OLD.seen OR NEW.statements < OLD.statements
BEGIN SELECT raise(ABORT, 'what is known of a device never goes back'); END;

CREATE TRIGGER lot_delete BEFORE DELETE ON lot
BEGIN SELECT raise(ABORT, 'lots are kept'); END;
CREATE TRIGGER lot_update BEFORE UPDATE ON lot
WHEN NEW.id <> OLD.id OR NEW.entitlement <> OLD.entitlement OR NEW.starts <> OLD.starts OR NEW.ends <> OLD.ends
    OR NEW.reference <> OLD.reference OR NEW.sequence <> OLD.sequence
BEGIN SELECT raise(ABORT, 'a lot keeps what it is'); END;

CREATE TRIGGER account_delete BEFORE DELETE ON account
BEGIN SELECT raise(ABORT, 'accounts are kept'); END;
CREATE TRIGGER account_update BEFORE UPDATE ON account
WHEN NEW.id <> OLD.id OR NEW.path <> OLD.path OR NEW.parent IS NOT OLD.parent OR NEW.sequence <> OLD.sequence
BEGIN SELECT raise(ABORT, 'an account keeps its path'); END;
