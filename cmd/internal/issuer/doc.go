// Package issuer is what a security officer does: decide, commit, sign, print. It joins the sealed
// keyring and the ledger in one home directory.
//
// Reading, and receiving what a device proves by itself, needs only the [Issuer]. An act that
// changes the books needs an [Officer], which only an unlocked keyring gives; each of its acts is
// one transaction that signs its journal entry with the officer's key. What an act returns has been
// committed: printing it again is always possible, and printing it before is not.
//
// # Where to look
//
// A file has the name of the verb that it serves. What several verbs share:
//
//   - run.go opens the transaction, refuses while the books are frozen (anchor.go), and moves the
//     anchor; event.go and event_*.go are what the journal says of each act;
//   - wish.go is what an officer asks for, permit.go who may have anything, decide.go and plan.go what comes of it, match.go and
//     choose.go which licenses it draws on, commit.go what is stored and signed;
//   - operation.go is what makes repeating safe (--op);
//   - write_off.go gives a device up, which failed_policy.go limits; rma.go puts another in its
//     place, with what rma_carry.go carries over; settle.go ends what is pending by evidence;
//   - batch_plan.go previews a batch, batch_decide.go decides about each row; of a batch that was
//     interrupted it finds the rows that are signed already ([BatchAgain]), so that batch_commit.go
//     goes on with the others; batch_short.go chooses what to leave out where licenses are short,
//     batch_again.go answers for a batch that is done, batch_act.go has the batches in which each row
//     is an act of its own;
//   - whatif.go carries wishes out and takes them back, suppose.go signs what is only supposed;
//   - resolve.go and resolve_*.go gather what codes and books tell of a device; package resolve then
//     says what the next step is.
package issuer
