-- Accounts and virtual accounts, named by paths. What officers change about accounts, lots and
-- devices is written down by triggers as well, so that the journal covers it.
CREATE TABLE account (
    id             INTEGER PRIMARY KEY,
    path           TEXT    NOT NULL UNIQUE CHECK (length(path) BETWEEN 1 AND 263),
    parent         INTEGER REFERENCES account (id),
    reservation    INTEGER NOT NULL CHECK (reservation IN (0, 1)),
    export_control INTEGER NOT NULL CHECK (export_control IN (0, 1)),
    holding        INTEGER NOT NULL CHECK (holding IN (0, 1)),
    coterm         INTEGER NOT NULL DEFAULT 0 CHECK (coterm BETWEEN 0 AND 65535), -- the end that new subscriptions share
    failed_open     INTEGER CHECK (failed_open BETWEEN 0 AND 2147483647), -- most devices written off with returns pending; NULL says nothing
    failed_licenses INTEGER CHECK (failed_licenses BETWEEN 0 AND 2147483647), -- most licenses of one entitlement pending
    failed_year     INTEGER CHECK (failed_year BETWEEN 0 AND 2147483647), -- most devices written off in 365 days
    closed         INTEGER NOT NULL DEFAULT 0 CHECK (closed IN (0, 1)),
    sequence       INTEGER NOT NULL REFERENCES journal (sequence) DEFERRABLE INITIALLY DEFERRED
) STRICT;
CREATE INDEX account_parent ON account (parent);
CREATE INDEX account_sequence ON account (sequence);

CREATE TABLE account_history (
    account        INTEGER NOT NULL REFERENCES account (id),
    sequence       INTEGER NOT NULL REFERENCES journal (sequence) DEFERRABLE INITIALLY DEFERRED,
    path           TEXT    NOT NULL,
    parent         INTEGER,
    reservation    INTEGER NOT NULL,
    export_control INTEGER NOT NULL,
    holding        INTEGER NOT NULL,
    coterm         INTEGER NOT NULL,
    failed_open     INTEGER,
    failed_licenses INTEGER,
    failed_year     INTEGER,
    closed         INTEGER NOT NULL,
    PRIMARY KEY (account, sequence)
) STRICT, WITHOUT ROWID;
CREATE INDEX account_history_sequence ON account_history (sequence);

CREATE TRIGGER account_insert BEFORE INSERT ON account WHEN NEW.sequence <> (SELECT sequence FROM next)
BEGIN SELECT raise(ABORT, 'rows belong to the next entry of the journal'); END;
CREATE TRIGGER account_new AFTER INSERT ON account
BEGIN
    INSERT INTO account_history (account, sequence, path, parent, reservation, export_control, holding, coterm, failed_open, failed_licenses, failed_year, closed)
    VALUES (NEW.id, NEW.sequence, NEW.path, NEW.parent, NEW.reservation, NEW.export_control, NEW.holding, NEW.coterm,
        NEW.failed_open, NEW.failed_licenses, NEW.failed_year, NEW.closed);
END;
CREATE TRIGGER account_set AFTER UPDATE ON account
BEGIN
    INSERT INTO account_history (account, sequence, path, parent, reservation, export_control, holding, coterm, failed_open, failed_licenses, failed_year, closed)
    VALUES (NEW.id, (SELECT sequence FROM next), NEW.path, NEW.parent, NEW.reservation, NEW.export_control, NEW.holding, NEW.coterm,
        NEW.failed_open, NEW.failed_licenses, NEW.failed_year, NEW.closed)
    ON CONFLICT (account, sequence) DO UPDATE SET path = excluded.path, parent = excluded.parent, reservation = excluded.reservation,
        export_control = excluded.export_control, holding = excluded.holding, coterm = excluded.coterm,
        failed_open = excluded.failed_open, failed_licenses = excluded.failed_licenses, failed_year = excluded.failed_year, closed = excluded.closed;
END;
CREATE TRIGGER account_update BEFORE UPDATE ON account
WHEN NEW.id <> OLD.id OR NEW.sequence <> OLD.sequence
BEGIN SELECT raise(ABORT, 'an account keeps its number'); END;
CREATE TRIGGER account_delete BEFORE DELETE ON account
BEGIN SELECT raise(ABORT, 'accounts are kept'); END;

-- Append-only, but for rows whose entry is still to come.
CREATE TRIGGER account_history_update BEFORE UPDATE ON account_history
WHEN OLD.sequence <> (SELECT sequence FROM next) OR NEW.account <> OLD.account OR NEW.sequence <> OLD.sequence
BEGIN SELECT raise(ABORT, 'histories are append-only'); END;
CREATE TRIGGER account_history_delete BEFORE DELETE ON account_history
WHEN OLD.sequence <> (SELECT sequence FROM next)
BEGIN SELECT raise(ABORT, 'histories are append-only'); END;
