# Whether this sender may send a protected design. The record comes first, then what speaks for or against.
template-none = no right is recorded for { $name }
template-record = { $kind } { $number } of { $holder }
template-kind-unnamed = right
template-number-unknown = without number
template-holder-unknown = unnamed holder
template-ended = { $record } ended on { $day }, before the scan
template-not-begun = { $record } begins on { $day }, after the scan
template-listed = { $record }: the sender { $sender } is on the list of authorised users
template-not-listed = { $record }: the sender { $sender } is not on the list of authorised users
template-no-sender = { $record }: no sender is declared who could be on the list of authorised users
template-undated = { $reason }; the scan carries no time, so whether the right was in force was not judged
