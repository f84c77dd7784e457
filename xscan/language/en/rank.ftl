# The list of many parcels, on the page and on the terminal.
rank-title = Parcels, riskiest first
rank-parcels = { $count ->
    [one] { $count } parcel
   *[other] { $count } parcels
 }
rank-filter = Filter by words: parcel, sender, goods, reason
rank-column-place = No.
rank-column-picture = Seen
rank-column-parcel = Parcel
rank-column-decision = Decision
rank-column-risk = Risk
rank-column-reason = First reason
rank-column-mass = Mass
rank-more = and { $count } more
rank-wrong = truth: something to find
rank-right = truth: nothing to find
rank-nothing = No parcel has all these words.
rank-keys = Keys: / filter, Esc clear, arrows next parcel, Enter open.
rank-gain = What opening in this order finds
rank-gain-first = The first { $first } ({ $share } % of the parcels) hold { $found } of { $all } finds.
rank-gain-opened = parcels opened
rank-gain-found = finds made
rank-gain-curve = this order
rank-gain-ideal = best possible
rank-gain-chance = by chance
rank-gain-known = The truth of { $known } of { $count } parcels is known.
rank-reason = { $kind }: { $message }
rank-page = Page: { $path }
