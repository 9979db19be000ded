# Iskkadansisačáliheapmi
title = Iskkadansisačáliheapmi
banner = Dát lea iskkadansisačáliheapmi. Ii oktage dáin olbmuin gávdno.
intro = Geanin dáhtut sisačálihit?
other = Dahje čále syntehtalaš riegádannummira (mánnu + 80)
level = Sihkarvuođadássi
high = Alla (nugo BankID)
substantial = Mearkkašahtti (nugo MinID)
submit = Sisačálit
cancel = Gaskkalduhte
error = Vállje olbmo, dahje čále gustojeaddji syntehtalaš riegádannummira.
too-late = Sisačáliheapmi bisttii menddo guhká. Mana ruovttoluotta neahttasiidui ja geahččal ođđasit.
about = Elektrovnnalaš ID iskkadanfálli syntehtalaš olbmuid várás. Álggat sisačáliheami neahttasiiddus masa áiggut.
