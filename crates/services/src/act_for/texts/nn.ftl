# Handle for andre
act-for-title = Kven vil du handle for?
act-for-tile = Handle for andre
act-for-intro = Vel deg sjølv eller ein du kan handle for.
act-for-myself = Meg sjølv
act-for-none = Det er ingen du kan handle for
act-for-none-help = Barn du har foreldreansvar for og bur saman med, finn vi i folkeregisteret. Andre kan gi deg fullmakt.
act-for-closed = Du kan ikkje handle for
act-for-submit = Byt
act-for-why = Kven du kan handle for, følgjer av folkeregisteret, av alderen til barnet og av fullmakter du har fått.
act-for-error = Vel kven du vil handle for
