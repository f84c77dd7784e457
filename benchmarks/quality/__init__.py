"""How well objects are found: on any folder of parcels with labelled truth."""
