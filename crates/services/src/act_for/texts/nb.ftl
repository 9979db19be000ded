# Handle for andre
act-for-title = Hvem vil du handle for?
act-for-tile = Handle for andre
act-for-intro = Velg deg selv eller en du kan handle for.
act-for-myself = Meg selv
act-for-none = Det er ingen du kan handle for
act-for-none-help = Barn du har foreldreansvar for og bor sammen med, finner vi i folkeregisteret. Andre kan gi deg fullmakt.
act-for-closed = Du kan ikke handle for
act-for-submit = Bytt
act-for-why = Hvem du kan handle for, følger av folkeregisteret, av barnets alder og av fullmakter du har fått.
act-for-error = Velg hvem du vil handle for
