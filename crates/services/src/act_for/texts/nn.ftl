# Handle for andre
act-for-title = Kven vil du handle for?
act-for-tile = Handle for andre
act-for-intro = Vel deg sjølv eller ein du har foreldreansvar for.
act-for-myself = Meg sjølv
act-for-none = Du er ikkje registrert med foreldreansvar for nokon
act-for-none-help = Opplysningane kjem frå folkeregisteret. Foreldre som ikkje har same adresse som barnet, kan ikkje sjå opplysningane om barnet her enno.
act-for-submit = Byt
act-for-why = Kven du kan handle for, følgjer av foreldreansvar og adresse i folkeregisteret og av alderen til barnet.
act-for-error = Vel kven du vil handle for
