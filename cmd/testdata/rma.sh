#!/bin/sh
# rma.sh TICKET FAILED REQUEST [FLAG...]: replace a failed device, for a ticket system.
#
# FAILED is the device that failed, PID:SN. The file REQUEST has the replacement's request code, the file
# TICKET.txt the reason, the file $PASSPHRASE_FILE the passphrase. The code to send out goes to
# TICKET.code, the whole answer to TICKET.json. Exit status: 0 done, 1 ask the customer, 2 ask the
# license manager, 3 ask the security officer, 75 ask again later. Asked again, it is done once.
ticket=$1 failed=$2 request=$3
shift 3

rma() {
	tally-issuer rma --failed "$failed" --file "$request" --reason-file "$ticket.txt" --ref "$ticket" \
		--op "$ticket" --yes --json --passphrase-fd 3 "$@" \
		3<"$PASSPHRASE_FILE" >"$ticket.json" 2>>"$ticket.log"
}

tell() {
	echo "$ticket: $1" >&2
	exit "$2"
}

error=
rma "$@"
status=$?
tries=1
while [ "$status" -eq 14 ] && [ "$tries" -lt "${TRIES:-5}" ]; do # somebody else is at the books
	sleep "${WAIT:-10}"
	rma "$@"
	status=$?
	tries=$((tries + 1))
done
[ "$status" -eq 0 ] || error=$(sed -n 's/.*"error":{"id":"\([^"]*\)".*/\1/p' "$ticket.json")

case $status in
0)
	sed -n 's/.*"code":"\([^"]*\)".*/\1/p' "$ticket.json" >"$ticket.code"
	tell "send $ticket.code to the replacement" 0 ;;
3) # which line is wrong, where that is known
	line=$(sed -n 's/.*"line":\([0-9]*\).*/\1/p' "$ticket.json")
	tell "the request can't be read${line:+ in line $line}: ask for it again" 1 ;;
4) tell "$request holds something else than a request: ask for that" 1 ;;
5) tell "$failed is not in the books: ask for the serial number again" 1 ;;
9) tell "licenses are missing ($error): buy them, or leave some out with --grant TAG=0" 2 ;;
10) tell "not permitted ($error)" 3 ;;
11) tell "the device or the books have to be looked at first ($error)" 3 ;;
14) tell "the books are busy" 75 ;;
17) tell "more devices failed than the account's policy allows: see $ticket.json for what settles it" 3 ;;
*) tell "it failed with status $status ($error): see $ticket.json and $ticket.log" 3 ;;
esac
