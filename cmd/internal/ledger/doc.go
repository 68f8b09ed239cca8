// Package ledger keeps an issuer's books in one SQLite file: trust roots and catalogs, accounts,
// what was bought, every device identity, every authorization as it was signed, every code that
// came back, and a journal that can only grow.
//
// It decides nothing about licenses; package reserve does, and package issuer brings the two
// together. What it does guarantee, whoever writes at the same time and whenever the power fails:
//
//   - a change is there whole or not at all, and only together with the journal entry that says
//     who made it (Update refuses to commit without one);
//   - what lots must keep for a device is exactly reserve.Books.Charge, and no lot ever keeps more
//     than was bought; what a device that was written off could still be holding is exactly
//     reserve.Books.Exposure, and counts beside the lots (write_off.go);
//   - authorizations, received codes, draws, roots and journal entries are never changed or
//     deleted, and what is known of a device never goes back.
//
// The file is opened in WAL mode with synchronous(full): what Update reported as done survives a
// power cut. One process writes at a time, the others wait for up to ten seconds. Every page ends
// with a checksum, against disks that change bits (checksum.go).
//
// # Journal
//
// Package journal says what an entry is, and what of it is hashed and signed. Every transaction with
// an officer's entry ends with a checkpoint, signed with the log key.
//
// The content of an entry is the digest of what the ledger got: every row that was written for the
// entry, and the checkpoint before it (content.go). All else can be computed from those rows, so the
// journal covers the whole ledger. Only what devices prove themselves may be written without an
// officer's signature. Who can write the file, but has no officer's key, can therefore neither add
// to it nor change anything in it unseen: see Audit. Taking away the last entries is seen by those
// who kept a checkpoint, or only a Tree.
//
// # Where to look
//
//   - schema/*.sql are the tables, one file an area; create.go makes a ledger of them, ledger.go and
//     file.go open it, tx.go is a transaction, driver.go and vfs.go are what is asked of SQLite;
//   - journal.go, content.go and checkpoint.go write the journal and its tree (tree.go);
//   - a thing that the books keep has a file with its name: account.go, lot.go, device.go,
//     authorization.go, received.go, option_key.go, recovery.go, write_off.go; charge.go and draw.go
//     are what lots keep for devices, move.go is what goes to another account;
//   - lists and reports: *_list.go with conditions.go and page.go for the lists, pool.go and stock.go
//     for what accounts have, alert.go and alerts.go, feed.go and views.go for reading much at once;
//   - verify.go is Audit: verify_journal.go and verify_tree.go for the journal, verify_dossier.go and
//     verify_replay.go for the books of each device, verify_books.go for the rest.
package ledger
