-- Trust: every version of the trust root, and the catalogs they name.
CREATE TABLE catalog (
    digest   BLOB    NOT NULL PRIMARY KEY CHECK (length(digest) = 32),
    raw      BLOB    NOT NULL CHECK (length(raw) BETWEEN 1 AND 262144),
    sequence INTEGER NOT NULL REFERENCES journal (sequence) DEFERRABLE INITIALLY DEFERRED
) STRICT;
CREATE INDEX catalog_sequence ON catalog (sequence);

CREATE TABLE root (
    version  INTEGER PRIMARY KEY CHECK (version BETWEEN 1 AND 1024),
    signed   BLOB    NOT NULL CHECK (length(signed) BETWEEN 1 AND 32768),
    catalog  BLOB    NOT NULL CHECK (length(catalog) = 32), -- may be unknown for an old version
    sequence INTEGER NOT NULL REFERENCES journal (sequence) DEFERRABLE INITIALLY DEFERRED
) STRICT;
CREATE INDEX root_sequence ON root (sequence);

-- Every entitlement that any catalog ever offered. IDs and tags keep their meaning for good.
CREATE TABLE entitlement (
    id       INTEGER PRIMARY KEY CHECK (id BETWEEN 1 AND 16383),
    tag      TEXT    NOT NULL UNIQUE CHECK (length(tag) BETWEEN 1 AND 48),
    sequence INTEGER NOT NULL REFERENCES journal (sequence) DEFERRABLE INITIALLY DEFERRED
) STRICT;
CREATE INDEX entitlement_sequence ON entitlement (sequence);

CREATE TRIGGER catalog_insert BEFORE INSERT ON catalog WHEN NEW.sequence <> (SELECT sequence FROM next)
BEGIN SELECT raise(ABORT, 'rows belong to the next entry of the journal'); END;
CREATE TRIGGER entitlement_insert BEFORE INSERT ON entitlement WHEN NEW.sequence <> (SELECT sequence FROM next)
BEGIN SELECT raise(ABORT, 'rows belong to the next entry of the journal'); END;
CREATE TRIGGER root_insert BEFORE INSERT ON root WHEN NEW.sequence <> (SELECT sequence FROM next)
BEGIN SELECT raise(ABORT, 'rows belong to the next entry of the journal'); END;
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
