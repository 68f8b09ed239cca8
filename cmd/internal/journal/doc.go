// Package journal is what is hashed and signed of a ledger's journal: entries, the tree over them,
// checkpoints, and proofs that a customer can keep. It knows no database; package ledger keeps the
// journal, and anybody with the issuer's public keys can verify what is said here.
//
// Entry n is a leaf of a Merkle tree (RFC 6962), whose data, the record, are
//
//	"TS1/leaf" 0x00 PAE(be64(n), previous, be64(time), kind, actor, subject, signer, body,
//		content, signature)
//
// where previous is the hash of entry n-1, time is in Unix seconds, and signer is the fingerprint
// of the officer's key or empty. Before the first entry stands keys.Digest("TS1/ledger", id), so
// that a journal can't be passed off as another ledger's. The signature is made with purpose
// keys.Entry over the same fields without itself. body is what the caller says happened; content is
// the digest of what the ledger got.
//
// A checkpoint is a signed note (C2SP tlog-checkpoint and signed-note) by a log key, and a proof is
// one of C2SP tlog-proof with the record as extra data: other tools read both. SPEC.md, Journal, has
// the bytes and the steps.
package journal
