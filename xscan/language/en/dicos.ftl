# Alarms of other systems that were weighed in.
dicos-another-system = another system
dicos-alarm = Alarm of { $system } ({ $category }) at { $count ->
    [one] object
   *[other] objects
 } { $ids }
dicos-alarm-nowhere = Alarm of { $system } ({ $category }) at nothing that was found
dicos-alarm-text = { $alarm }: { $text }
