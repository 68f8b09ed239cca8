// Package compliance says what the licenses of an account come to on a day: what is available, what
// ends, what falls short and when. It is arithmetic over the books as they are now; nobody can know
// what will be signed, bought or returned by that day.
//
// # Definitions
//
// They hold for one account and one entitlement, on a day D. Each purchase counts from its first
// day through its last; at its end its quantity and what is reserved of it leave together, and
// nothing else moves. A purchase that begins later counts from its beginning.
//
//   - purchased, reserved, in transit, coming back, available: the sums over the purchases that
//     count on D. Available is purchased minus reserved, as the ledger has it for each purchase. In
//     transit is the part of reserved that no confirmation covers yet, coming back the part that the
//     newest authorization of a device no longer grants.
//   - expired(D): of the purchases that ended before D, what devices hold still: reserved minus
//     coming back. A device whose newest authorization no longer grants it needs it no more, whether
//     it has confirmed that or not.
//   - short(D) = max(0, expired(D) - available(D)): what devices hold after its end, and what is
//     available would not cover. What comes back covers nothing until it is back. With an unlimited
//     purchase that counts on D nothing is short, and an unlimited one that ended is no need.
//   - expiring within N days: the quantity of the purchases that count on D and no longer on D + N.
//
// So nothing is short exactly when all that devices hold after its end could be reserved anew from
// what is available. Neither another account nor another entitlement makes a shortage good.
package compliance
