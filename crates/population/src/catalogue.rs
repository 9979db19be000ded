//! What care is about: ailments, medicines, vaccines, reasons for a visit and messages. All of it is data about the
//! synthetic people in the language their personnel write, none of it is text of the portal.
//!
//! Sources: ICPC-2 and ATC by their published codes and Norwegian names; the childhood immunisation programme of the Norwegian
//! Institute of Public Health.

use crate::providers::Unit;

/// A medicine as it is prescribed.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Medicine {
    pub(crate) atc: &'static str,
    pub(crate) substance: &'static str,
    pub(crate) name: &'static str,
    pub(crate) dosage: &'static str,
    pub(crate) reason: &'static str,
    pub(crate) amount: i32,
    pub(crate) amount_unit: &'static str,
    /// Prescription group (Volven 7421).
    pub(crate) group: &'static str,
    /// The dose by its parts, where it can be said so.
    pub(crate) taken: Option<Taken>,
}

/// A dose by its parts.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Taken {
    pub(crate) least: i32,
    pub(crate) most: i32,
    pub(crate) unit: &'static str,
    /// Times a day; none when `when` or `needed` say it.
    pub(crate) often: i32,
    /// Codes of FHIR's event-timing.
    pub(crate) when: &'static [&'static str],
    pub(crate) needed: bool,
}

impl Medicine {
    const fn taken(self, most: i32, unit: &'static str, often: i32, when: &'static [&'static str]) -> Self {
        Self { taken: Some(Taken { least: 1, most, unit, often, when, needed: false }), ..self }
    }

    const fn taken_when_needed(self, most: i32, unit: &'static str, often: i32, when: &'static [&'static str]) -> Self {
        Self { taken: Some(Taken { least: 1, most, unit, often, when, needed: true }), ..self }
    }

    const fn of_group(self, group: &'static str) -> Self {
        Self { group, ..self }
    }
}

const fn medicine(
    atc: &'static str,
    substance: &'static str,
    name: &'static str,
    dosage: &'static str,
    reason: &'static str,
    amount: i32,
) -> Medicine {
    Medicine { atc, substance, name, dosage, reason, amount, amount_unit: "stk", group: "C", taken: None }
}

/// Something somebody lives with.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Ailment {
    pub(crate) icpc: &'static str,
    pub(crate) name: &'static str,
    pub(crate) from_age: i32,
    pub(crate) to_age: i32,
    /// Share of that age that has it, in percent.
    pub(crate) percent: i32,
    pub(crate) medicines: &'static [Medicine],
    pub(crate) panel: usize,
    /// The unit of the hospital that looks after it.
    pub(crate) unit: Unit,
    /// Why the person comes for a check.
    pub(crate) reason: &'static str,
}

/// Lasting ailments.
pub(crate) const AILMENTS: &[Ailment] = &[
    Ailment {
        icpc: "K86",
        name: "Hypertensjon ukomplisert",
        from_age: 48,
        to_age: 110,
        percent: 32,
        medicines: &[
            medicine("C09CA01", "losartan", "Losartan tabletter 50 mg", "1 tablett daglig", "Mot høyt blodtrykk", 98)
                .taken(1, "tablett", 1, &[]),
            medicine("C08CA01", "amlodipin", "Amlodipin tabletter 5 mg", "1 tablett daglig", "Mot høyt blodtrykk", 100)
                .taken(1, "tablett", 1, &[]),
        ],
        panel: 1,
        unit: Unit::Medicine,
        reason: "Kontroll av blodtrykk",
    },
    Ailment {
        icpc: "T93",
        name: "Lipidforstyrrelse",
        from_age: 50,
        to_age: 110,
        percent: 22,
        medicines: &[medicine(
            "C10AA05",
            "atorvastatin",
            "Atorvastatin tabletter 20 mg",
            "1 tablett om kvelden",
            "Mot høyt kolesterol",
            100,
        )
        .taken(1, "tablett", 0, &["EVE"])],
        panel: 2,
        unit: Unit::Medicine,
        reason: "Kontroll av kolesterol",
    },
    Ailment {
        icpc: "T90",
        name: "Diabetes type 2",
        from_age: 45,
        to_age: 110,
        percent: 9,
        medicines: &[medicine(
            "A10BA02",
            "metformin",
            "Metformin tabletter 500 mg",
            "1 tablett morgen og kveld til mat",
            "Mot diabetes",
            200,
        )
        .taken(1, "tablett", 0, &["MORN", "EVE"])],
        panel: 3,
        unit: Unit::Medicine,
        reason: "Årskontroll for diabetes",
    },
    Ailment {
        icpc: "R96",
        name: "Astma",
        from_age: 4,
        to_age: 80,
        percent: 7,
        medicines: &[medicine(
            "R03AC02",
            "salbutamol",
            "Salbutamol inhalasjonsaerosol 0,1 mg/dose",
            "1-2 inhalasjoner ved behov",
            "Mot tung pust",
            1,
        )
        .taken_when_needed(2, "inhalasjon", 0, &[])],
        panel: 0,
        unit: Unit::Medicine,
        reason: "Kontroll av astma",
    },
    Ailment {
        icpc: "T86",
        name: "Hypotyreose",
        from_age: 30,
        to_age: 100,
        percent: 6,
        medicines: &[medicine(
            "H03AA01",
            "levotyroksinnatrium",
            "Levotyroksin tabletter 100 mikrogram",
            "1 tablett om morgenen på tom mage",
            "Mot lavt stoffskifte",
            100,
        )
        .taken(1, "tablett", 0, &["MORN"])],
        panel: 4,
        unit: Unit::Medicine,
        reason: "Kontroll av stoffskifte",
    },
    Ailment {
        icpc: "R97",
        name: "Allergisk rhinitt",
        from_age: 6,
        to_age: 60,
        percent: 12,
        medicines: &[medicine(
            "R06AE07",
            "cetirizin",
            "Cetirizin tabletter 10 mg",
            "1 tablett daglig ved behov",
            "Mot allergi",
            100,
        )
        .taken_when_needed(1, "tablett", 1, &[])],
        panel: 0,
        unit: Unit::EarNoseThroat,
        reason: "Pollenallergi",
    },
    Ailment {
        icpc: "K78",
        name: "Atrieflimmer/flutter",
        from_age: 68,
        to_age: 110,
        percent: 13,
        medicines: &[
            medicine(
                "B01AF02",
                "apiksaban",
                "Apiksaban tabletter 5 mg",
                "1 tablett morgen og kveld",
                "Forebygger blodpropp",
                168,
            )
            .taken(1, "tablett", 0, &["MORN", "EVE"]),
            medicine(
                "C07AB02",
                "metoprolol",
                "Metoprolol depottabletter 50 mg",
                "1 tablett daglig",
                "Mot rask hjerterytme",
                98,
            )
            .taken(1, "tablett", 1, &[]),
        ],
        panel: 1,
        unit: Unit::Medicine,
        reason: "Kontroll av hjerterytme",
    },
    Ailment {
        icpc: "P76",
        name: "Depressiv lidelse",
        from_age: 20,
        to_age: 80,
        percent: 6,
        medicines: &[medicine(
            "N06AB10",
            "escitalopram",
            "Escitalopram tabletter 10 mg",
            "1 tablett daglig",
            "Mot depresjon",
            98,
        )
        .taken(1, "tablett", 1, &[])],
        panel: 0,
        unit: Unit::Medicine,
        reason: "Samtale og oppfølging",
    },
    Ailment {
        icpc: "D84",
        name: "Spiserørssykdom",
        from_age: 30,
        to_age: 90,
        percent: 8,
        medicines: &[medicine(
            "A02BC05",
            "esomeprazol",
            "Esomeprazol enterotabletter 20 mg",
            "1 tablett daglig",
            "Mot halsbrann",
            56,
        )
        .taken(1, "tablett", 1, &[])],
        panel: 0,
        unit: Unit::Surgery,
        reason: "Kontroll av halsbrann",
    },
    Ailment {
        icpc: "S87",
        name: "Atopisk dermatitt/eksem",
        from_age: 0,
        to_age: 45,
        percent: 8,
        medicines: &[medicine(
            "D07AC01",
            "betametason",
            "Betametason krem 0,1 %",
            "Tynt lag 1 gang daglig i to uker",
            "Mot eksem",
            1,
        )],
        panel: 0,
        unit: Unit::Skin,
        reason: "Kontroll av eksem",
    },
];

/// The condition of a pregnant woman.
pub(crate) const PREGNANCY: Ailment = Ailment {
    icpc: "W78",
    name: "Svangerskap",
    from_age: 18,
    to_age: 50,
    percent: 0,
    medicines: &[],
    panel: 0,
    unit: Unit::Women,
    reason: "Svangerskapskontroll",
};

/// Short courses.
pub(crate) const COURSES: &[Medicine] = &[
    medicine(
        "J01CE02",
        "fenoksymetylpenicillin",
        "Fenoksymetylpenicillin tabletter 660 mg",
        "1 tablett 4 ganger daglig i 5 dager",
        "Mot bakteriell infeksjon",
        20,
    ),
    medicine(
        "M01AE01",
        "ibuprofen",
        "Ibuprofen tabletter 400 mg",
        "1 tablett inntil 3 ganger daglig ved behov",
        "Mot smerter",
        30,
    ),
    medicine(
        "N02BE01",
        "paracetamol",
        "Paracetamol tabletter 500 mg",
        "1-2 tabletter inntil 4 ganger daglig ved behov",
        "Mot smerter",
        100,
    ),
    medicine(
        "A11CC05",
        "kolekalsiferol",
        "Kolekalsiferol tabletter 20 mikrogram",
        "1 tablett daglig",
        "Mot vitamin D-mangel",
        90,
    )
    .taken(1, "tablett", 1, &[]),
    medicine(
        "B03BA03",
        "hydroksokobalamin",
        "Hydroksokobalamin injeksjonsvæske 1 mg/ml",
        "Settes hver tredje måned",
        "Mot B12-mangel",
        5,
    ),
    medicine(
        "N05CF01",
        "zopiklon",
        "Zopiklon tabletter 5 mg",
        "1 tablett til natten ved behov, høyst to uker",
        "Mot søvnvansker",
        10,
    )
    .of_group("B")
    .taken_when_needed(1, "tablett", 0, &["HS"]),
];

/// A dose of the childhood immunisation programme.
#[derive(Debug)]
pub(crate) struct Dose {
    pub(crate) atc: &'static str,
    pub(crate) name: &'static str,
    pub(crate) programme: &'static str,
    pub(crate) number: i32,
    /// Age at which it is given, in days for the small and months times 30.4 for the rest.
    pub(crate) age_days: i32,
}

const PROGRAMME: &str = "Barnevaksinasjonsprogrammet";

const fn dose(atc: &'static str, name: &'static str, number: i32, age_days: i32) -> Dose {
    Dose { atc, name, programme: PROGRAMME, number, age_days }
}

/// The programme, in the order of age.
pub(crate) const DOSES: &[Dose] = &[
    dose("J07BH01", "Rotavirus", 1, 43),
    dose("J07BH01", "Rotavirus", 2, 92),
    dose("J07CA09", "Difteri, stivkrampe, kikhoste, polio, Hib og hepatitt B", 1, 92),
    dose("J07AL02", "Pneumokokk", 1, 92),
    dose("J07CA09", "Difteri, stivkrampe, kikhoste, polio, Hib og hepatitt B", 2, 153),
    dose("J07AL02", "Pneumokokk", 2, 153),
    dose("J07CA09", "Difteri, stivkrampe, kikhoste, polio, Hib og hepatitt B", 3, 366),
    dose("J07AL02", "Pneumokokk", 3, 366),
    dose("J07BD52", "Meslinger, kusma og røde hunder", 1, 458),
    dose("J07CA02", "Difteri, stivkrampe, kikhoste og polio", 4, 2_680),
    dose("J07BD52", "Meslinger, kusma og røde hunder", 2, 4_170),
    dose("J07BM03", "HPV", 1, 4_540),
    dose("J07BM03", "HPV", 2, 4_740),
    dose("J07CA02", "Difteri, stivkrampe, kikhoste og polio", 5, 5_620),
];

/// The yearly dose for those over 65.
pub(crate) const INFLUENZA: Dose =
    Dose { atc: "J07BB02", name: "Influensa", programme: "Influensavaksinasjonsprogrammet", number: 1, age_days: 0 };

/// A booster for adults, every ten years.
pub(crate) const BOOSTER: Dose = Dose {
    atc: "J07CA02",
    name: "Difteri, stivkrampe, kikhoste og polio",
    programme: "Vaksiner for voksne",
    number: 1,
    age_days: 0,
};

/// Covid-19, the first dose and the one some weeks after it.
pub(crate) const COVID: [Dose; 2] = [covid(1), covid(2)];

const fn covid(number: i32) -> Dose {
    Dose { atc: "J07BN01", name: "Covid-19, mRNA", programme: "Koronavaksinasjonsprogrammet", number, age_days: 0 }
}

/// Why children come to the doctor.
pub(crate) const CHILD_REASONS: &[&str] =
    &["Feber og hoste", "Øreverk", "Utslett", "Magesmerter", "Vond hals", "Skade i ankel", "Hodepine", "Vorter"];

/// Why adults come to the doctor.
pub(crate) const ADULT_REASONS: &[&str] = &[
    "Ryggsmerter",
    "Vond skulder",
    "Slapphet og tretthet",
    "Hodepine",
    "Hoste over tid",
    "Magesmerter",
    "Føflekk som har endret seg",
    "Søvnvansker",
    "Sykmelding",
    "Svimmelhet",
    "Vondt i kne",
    "Fornyelse av resept",
    "Helseattest til førerkort",
    "Urinveisplager",
];

/// Why people are sent to hospital, and where.
pub(crate) const REFERRALS: &[(Unit, &str, &str)] = &[
    (Unit::Orthopaedics, "Langvarige smerter i kne", "Vurdering av kne"),
    (Unit::Orthopaedics, "Smerter i skulder tross trening", "Vurdering av skulder"),
    (Unit::Skin, "Føflekk som har endret seg", "Undersøkelse av føflekk"),
    (Unit::EarNoseThroat, "Nedsatt hørsel", "Hørselsprøve"),
    (Unit::Surgery, "Brokk", "Vurdering av brokk"),
    (Unit::Medicine, "Hjertebank", "Undersøkelse av hjertet"),
    (Unit::Medicine, "Tung pust ved anstrengelse", "Lungefunksjonsprøve"),
    (Unit::Radiology, "Langvarige ryggsmerter", "MR av rygg"),
    (Unit::Radiology, "Langvarig hoste", "Røntgen av lunger"),
];

/// What is asked of the patient before a visit.
pub(crate) const INSTRUCTIONS: &[&str] = &[
    "Ta med liste over medisinene du bruker.",
    "Møt 15 minutter før timen for å ta blodprøve.",
    "Du må være fastende fra kvelden før. Vann kan du drikke.",
    "Bruk klær som er lette å ta av.",
    "Gi beskjed senest 24 timer før hvis du ikke kan komme.",
];

/// A question to the doctor and the answer.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Message {
    pub(crate) topic: &'static str,
    pub(crate) question: &'static str,
    pub(crate) answer: &'static str,
}

/// Messages between citizens and their doctors.
pub(crate) const MESSAGES: &[Message] = &[
    Message {
        topic: "Spørsmål om prøvesvar",
        question: "Hei! Jeg lurer på om prøvene fra forrige uke er klare.",
        answer: "Hei! Prøvene er klare og ser fine ut. Du trenger ikke ny time nå.",
    },
    Message {
        topic: "Fornyelse av resept",
        question: "Hei, kan jeg få fornyet resepten min? Jeg har tabletter til to uker.",
        answer: "Hei! Resepten er fornyet og ligger klar på apoteket.",
    },
    Message {
        topic: "Spørsmål om time",
        question: "Hei! Må jeg møte opp, eller kan vi ta kontrollen på telefon?",
        answer: "Hei! Det er best at du kommer hit, så vi kan måle blodtrykket.",
    },
    Message {
        topic: "Bivirkninger",
        question: "Jeg har vært litt kvalm etter at jeg begynte på den nye medisinen. Er det vanlig?",
        answer: "Det er vanlig de første to ukene og går som regel over. Ta kontakt hvis det ikke blir bedre.",
    },
    Message {
        topic: "Henvisning",
        question: "Hei, er henvisningen til sykehuset sendt?",
        answer: "Hei! Den er sendt i dag. Du får brev om time fra sykehuset.",
    },
];
