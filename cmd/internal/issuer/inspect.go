package issuer

import (
	"context"

	"tallystick/cmd/internal/ledger"
	"tallystick/codec"
	"tallystick/reserve"
)

// Inspect tells what any code says and verifies it against the books where they know the device. Of
// several spellings it takes the one that can be verified, else the likeliest.
func (is *Issuer) Inspect(ctx context.Context, code codec.Reading) (x reserve.Inspection, catalog reserve.Catalog, err error) {
	err = is.ledger.View(ctx, func(tx *ledger.Tx) error {
		trust, err := tx.Trust()
		if err != nil {
			return err
		}
		catalog = trust.Catalog()
		if x, err = inspect(tx, trust, code.Kind, code.Body); err != nil || x.Verified {
			return err
		}
		for _, body := range code.Spellings {
			other, err := inspect(tx, trust, code.Kind, body)
			if err != nil && !isRefusal(err) {
				return err
			}
			if err == nil && other.Verified {
				x = other
				return nil
			}
		}
		return nil
	})
	return x, catalog, err
}

// inspect tries every device that a code may be of.
func inspect(tx *ledger.Tx, trust reserve.Trust, kind codec.Kind, body []byte) (reserve.Inspection, error) {
	x, err := reserve.Inspect(kind, body, reserve.Trust{}, reserve.Identity{})
	if err != nil {
		return x, err
	}
	var devices []ledger.Device
	switch kind.Number {
	case reserve.ReceiptKind.Number:
		devices, err = tx.DevicesByLocator(x.Locator)
	case reserve.AuthorizationKind.Number, reserve.StatusKind.Number:
		devices, err = tx.DevicesByPrefix(x.Device)
	}
	if err != nil {
		return x, err
	}
	for _, d := range devices {
		q, err := tx.Request(d.ID)
		if err != nil {
			return x, err
		}
		if x, err = reserve.Inspect(kind, body, trust, q.Identity()); err != nil || x.Verified {
			return x, err
		}
	}
	return x, nil
}
