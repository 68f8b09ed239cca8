package issuer

import (
	"context"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"slices"

	"tallystick/cmd/internal/ledger"
	"tallystick/keys"
	"tallystick/reserve"
)

// A LicenseImport is a file of licenses that is to be deposited, all of it or nothing.
type LicenseImport struct {
	Rows   []LicenseRow
	Create bool   // accounts that don't exist are opened, with everything off
	Op     string // "": what the rows say, so that the same rows are deposited once
}

// operation is the ID under which the rows are deposited once.
func (im LicenseImport) operation() string {
	if im.Op != "" {
		return im.Op
	}
	sum := im.digest()
	return "import:" + hex.EncodeToString(sum[:16])
}

// digest stands for the rows, as they were asked for.
func (im LicenseImport) digest() [32]byte {
	fields := [][]byte{[]byte("import")}
	for _, r := range im.Rows {
		sum := r.Purchase.digest()
		fields = append(fields, sum[:])
	}
	return keys.Digest("TS1/purchase", fields...)
}

// A PlannedLicense is a row with what would be deposited for it.
type PlannedLicense struct {
	LicenseRow
	Starts, Ends keys.Day
	Like         reserve.LotID // a license with the same order reference, quantity and days is in the account already; 0: none
	License      reserve.LotID // what it became, 0 before it is deposited
}

// A LicenseImportPlan is what an import would do. Making one changes nothing.
type LicenseImportPlan struct {
	Rows     []PlannedLicense
	Accounts []ledger.Path // to be opened
	Wrong    []RowError    // rows that can't be deposited; then none is
	Op       string
	Repeated bool // deposited before: Rows say as what
}

// PlanLicenses decides about every row of an import without changing anything. The refusal is
// OperationReused.
func (is *Issuer) PlanLicenses(ctx context.Context, im LicenseImport) (p LicenseImportPlan, err error) {
	err = is.ledger.View(ctx, func(tx *ledger.Tx) error {
		p, err = is.planLicenses(tx, im)
		return err
	})
	return p, err
}

func (is *Issuer) planLicenses(tx *ledger.Tx, im LicenseImport) (LicenseImportPlan, error) {
	p := LicenseImportPlan{Op: im.operation()}
	op, found, err := tx.Operation(p.Op, eventLicenseImport, im.digest())
	if err != nil {
		return p, err
	}
	if found {
		return p, p.answer(tx, im, op.Result)
	}
	catalog, err := tx.Catalog()
	if err != nil {
		return p, err
	}
	accounts := map[ledger.Path]importAccount{}
	for _, r := range im.Rows {
		row, wrong, err := is.planLicense(tx, catalog, im, r, accounts)
		if err != nil {
			return p, err
		}
		if wrong != nil {
			p.Wrong = append(p.Wrong, *wrong)
			continue
		}
		if path := r.Purchase.Account; accounts[path].refused != nil && !slices.Contains(p.Accounts, path) {
			p.Accounts = append(p.Accounts, path)
		}
		p.Rows = append(p.Rows, row)
	}
	return p, nil
}

// importAccount is an account that rows name.
type importAccount struct {
	refused error // why nothing can be deposited in it as it is
	lots    []ledger.Lot
}

func readImportAccount(tx *ledger.Tx, path ledger.Path) (a importAccount, err error) {
	account, err := tx.Account(path)
	switch {
	case isRefusal(err):
		return importAccount{refused: err}, nil
	case err != nil:
		return a, err
	case account.Closed:
		return importAccount{refused: reserve.Refuse(reserve.AccountClosed, "account %q is closed", path)}, nil
	}
	a.lots, err = tx.Lots(path)
	return a, err
}

// planLicense decides about one row. wrong is what its author can mend.
func (is *Issuer) planLicense(tx *ledger.Tx, c reserve.Catalog, im LicenseImport, r LicenseRow, accounts map[ledger.Path]importAccount) (row PlannedLicense, wrong *RowError, err error) {
	path := r.Purchase.Account
	if _, seen := accounts[path]; !seen {
		if accounts[path], err = readImportAccount(tx, path); err != nil {
			return row, nil, err
		}
	}
	if refused := accounts[path].refused; refused != nil && !(im.Create && reasonOf(refused) == reserve.UnknownAccount) {
		return row, &RowError{r.Line, "account", refused}, nil
	}
	if err := r.Purchase.Check(c); err != nil {
		return row, &RowError{Line: r.Line, Err: err}, nil
	}
	row.LicenseRow = r
	if row.Starts, row.Ends, err = r.Purchase.days(tx, is.today()); isRefusal(err) {
		return row, &RowError{Line: r.Line, Err: err}, nil
	} else if err != nil {
		return row, nil, err
	}
	for _, l := range accounts[path].lots {
		if row.like(l) {
			row.Like = l.ID
		}
	}
	return row, nil, nil
}

// like reports whether a license looks as if the row had been deposited before.
func (r PlannedLicense) like(l ledger.Lot) bool {
	p := r.Purchase
	return p.Order != "" && l.Reference == p.Order && l.Tag == p.Entitlement && l.Starts == r.Starts && l.Ends == r.Ends &&
		(l.Quantity == p.Quantity || p.Unlimited && l.Unlimited)
}

// answer fills in what the rows became when they were deposited.
func (p *LicenseImportPlan) answer(tx *ledger.Tx, im LicenseImport, result []byte) error {
	var ids []reserve.LotID
	if err := json.Unmarshal(result, &ids); err != nil || len(ids) != len(im.Rows) {
		return reserve.Refuse(reserve.LedgerDamaged, "operation %q has an answer for %d rows, not %d: %v", p.Op, len(ids), len(im.Rows), err)
	}
	p.Repeated = true
	for i, r := range im.Rows {
		l, err := license(tx, ids[i])
		if err != nil {
			return err
		}
		p.Rows = append(p.Rows, PlannedLicense{LicenseRow: r, Starts: l.Starts, Ends: l.Ends, License: l.ID})
	}
	return nil
}

// same reports whether two plans would deposit the same.
func (p LicenseImportPlan) same(q LicenseImportPlan) bool {
	alike := func(a, b PlannedLicense) bool { return a.Line == b.Line && a.Starts == b.Starts && a.Ends == b.Ends }
	return p.Repeated == q.Repeated && slices.Equal(p.Accounts, q.Accounts) && slices.EqualFunc(p.Rows, q.Rows, alike)
}

// ImportLicenses deposits all rows in one transaction, each with a journal entry of its own: what
// proves to a customer that a purchase is in the books then shows nobody else's. previewed is the plan
// that the officer agreed to; when another one results by now, nothing is done and the refusal is Busy.
// The same rows, or the same operation ID, are deposited once. Refusals besides: OutOfRange when a row
// is wrong, and OperationReused.
func (o *Officer) ImportLicenses(ctx context.Context, im LicenseImport, previewed LicenseImportPlan, memo Memo, dry bool) (p LicenseImportPlan, err error) {
	err = o.act(ctx, memo, dry, func(tx *ledger.Tx, t reserve.Trust) error {
		if p, err = o.planLicenses(tx, im); err != nil || p.Repeated {
			return err
		}
		if len(p.Wrong) > 0 {
			return reserve.Refuse(reserve.OutOfRange, "%d of %d rows can't be deposited; %v", len(p.Wrong), len(im.Rows), p.Wrong[0])
		}
		if !p.same(previewed) {
			return reserve.Refuse(reserve.Busy, "the books changed since the preview; look at the new one before signing")
		}
		return o.importLicenses(tx, t, im, &p, memo)
	})
	return p, err
}

func (o *Officer) importLicenses(tx *ledger.Tx, t reserve.Trust, im LicenseImport, p *LicenseImportPlan, memo Memo) error {
	for _, path := range p.Accounts {
		if _, err := tx.Account(path); err == nil { // made with one below it
			continue
		}
		a := ledger.Account{Path: path}
		if err := tx.AddAccount(path, a.Settings); err != nil {
			return err
		}
		if _, err := o.append(tx, t, eventAccount, path.String(), accountRecord(a, memo)); err != nil {
			return err
		}
	}
	var ids []reserve.LotID
	for i := range p.Rows {
		row := &p.Rows[i]
		id, event, err := o.deposit(tx, row.Purchase)
		if err != nil {
			return fmt.Errorf("line %d: %w", row.Line, err)
		}
		row.License = id
		ids = append(ids, id)
		if i == len(p.Rows)-1 {
			if err := tx.AddOperation(ledger.Operation{ID: p.Op, Verb: eventLicenseImport, Wish: im.digest(), Result: body(ids)}); err != nil {
				return err
			}
		}
		event.Op, event.Line, event.Memo = p.Op, row.Line, memo
		if _, err := o.append(tx, t, eventLicense, event.Account, event); err != nil {
			return err
		}
	}
	return nil
}
