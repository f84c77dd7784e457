# The few lines on the terminal.
summary-head = { $verdict }  risk { $risk }
summary-finding = { $message } [{ $kind }, severity { $severity }]
summary-more = and { $count } more in the report
summary-nothing = nothing that needs an officer was found
summary-objects = objects: { $goods } goods
summary-objects-inside = objects: { $goods } goods ({ $inside } inside another)
summary-packaging = { $count } packaging
summary-matches = { $count } template { $count ->
    [one] match
   *[other] matches
 }
summary-confirmed = { $confirmed } of { $lines } declared { $lines ->
    [one] line
   *[other] lines
 } confirmed
summary-mass = mass: { $measured } measured
summary-mass-declared = mass: { $measured } measured, { $declared } declared
summary-report = Report: { $path }
summary-parcel = { $name }: { $verdict }, risk { $risk }  { $reason }
summary-join = { $first }, { $second }
summary-then = { $first }; { $second }
