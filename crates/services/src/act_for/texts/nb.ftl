# Handle for andre
act-for-title = Hvem vil du handle for?
act-for-tile = Handle for andre
act-for-intro = Velg deg selv eller en du har foreldreansvar for.
act-for-myself = Meg selv
act-for-none = Du er ikke registrert med foreldreansvar for noen
act-for-none-help = Opplysningene kommer fra folkeregisteret. Foreldre som ikke har samme adresse som barnet, kan ikke se barnets opplysninger her ennå.
act-for-submit = Bytt
act-for-why = Hvem du kan handle for, følger av foreldreansvar og adresse i folkeregisteret og av barnets alder.
act-for-error = Velg hvem du vil handle for
