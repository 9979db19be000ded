# Sisačáliheapmi
sign-in-again = Geahččal ođđasit
sign-in-cancelled-title = Sisačáliheapmi gaskkalduhttui
sign-in-cancelled-text = It leat sisačállán. Sáhtát geahččalit ođđasit goas dáhtut.
sign-in-expired-title = Sisačáliheapmi bisttii menddo guhká
sign-in-expired-text = Sihkarvuođa dihte fertet álgit ođđasit.
sign-in-down-title = Sisačáliheapmi lea eret oanehis áiggi
sign-in-down-text = Elektrovnnalaš ID bálvalus ii vástit. Jus leat juo sisačállán, de sáhtát joatkit. Muđui geahččal ođđasit maŋŋil. Jus hoahpuha, riŋge doavttirkantuvrii dahje 116 117.
sign-in-unknown-title = Eat gávnna du
sign-in-unknown-text = Eat gávnna dieđuid du birra dáppe. Jus easkka leat fárren riikii, de sáhttá ádjánit moadde beaivvi. Doavttirkantuvra veahkeha du telefovnnas.
sign-in-child-title = Fertet leat 13 jagi vai sáhtát sisačálihit
sign-in-child-text = Du váhnemat sáhttet geavahit Varde du ovddas. Skuvlla dearvvašvuođabuohccidivššáriin sáhtát hállat váhnemiid haga.
sign-in-deceased-title = It sáhte sisačálihit
sign-in-deceased-text = Álbmotregisttar lea dieđihan ahte olmmoš lea jápmán. Jus dát lea boastut, váldde oktavuođa álbmotregistariin ja doavttirkantuvrrainat.
sign-in-stopped-title = Du kontu lea bissehuvvon
sign-in-stopped-text = Don leat ieš bissehan kontu, ii ge oktage sáhte sisačálihit dáppe du eID:ain. Jus dáhtut rahpat dan fas, riŋge sidjiide geat jođihit bálvalusa, dahje sádde sidjiide báhpárskovi. Sii jerret dus áššiid maid dušše don dieđát, ovdal go rahpet.
sign-in-level-title = Fertet sisačálihit alit sihkarvuođadásiin
sign-in-level-text = Geavat ovdamearkka dihte BankID. Dearvvašvuođadieđut čájehuvvojit dušše go mii leat áibbas sihkkarat gii don leat.
