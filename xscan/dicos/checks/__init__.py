"""What each kind of DICOS file must hold: tables of elements, and rules between them."""
