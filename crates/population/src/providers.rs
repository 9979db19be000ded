//! Who gives care: practices and their doctors, two hospitals with units, the municipality's health station, pharmacies and
//! laboratories. A block of citizens shares a block of providers, so that only one block's diaries are ever in memory.

use jiff::civil::Date;

use crate::calendar::Diary;
use crate::dice::Dice;
use crate::names;
use crate::people::Sex;
use crate::places;

/// Citizens who share a block of providers.
pub(crate) const BLOCK_CITIZENS: u32 = 1_800;
/// Practices in a block.
pub(crate) const BLOCK_PRACTICES: usize = 3;
/// Doctors in a practice.
pub(crate) const PRACTICE_DOCTORS: usize = 2;
/// Pharmacies in the country.
pub(crate) const PHARMACIES: [(&str, &str); 4] = [
    ("pharmacy-1", "Varde apotek Sentrum"),
    ("pharmacy-2", "Bjørka apotek"),
    ("pharmacy-3", "Fjordgløtt apotek"),
    ("pharmacy-4", "Vidda apotek - Vidda apotehka"),
];
/// Laboratories in the country, the first in the south.
pub(crate) const LABORATORIES: [(&str, &str); 2] =
    [("laboratory-1", "Varde medisinske laboratorium"), ("laboratory-2", "Nordlys laboratorium")];
/// The hospitals, the south first.
pub(crate) const HOSPITALS: [(&str, &str, &str, &str); 2] = [
    ("hospital-south", "Varde universitetssykehus", "0450", "Oslo"),
    ("hospital-north", "Nordlys sykehus", "9019", "Tromsø"),
];

/// A unit that both hospitals have.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Unit {
    Medicine,
    Surgery,
    Orthopaedics,
    EarNoseThroat,
    Skin,
    Women,
    Children,
    Radiology,
}

impl Unit {
    pub(crate) const ALL: [Self; 8] = [
        Self::Medicine,
        Self::Surgery,
        Self::Orthopaedics,
        Self::EarNoseThroat,
        Self::Skin,
        Self::Women,
        Self::Children,
        Self::Radiology,
    ];

    /// Last part of the ids.
    pub(crate) const fn slug(self) -> &'static str {
        match self {
            Self::Medicine => "medicine",
            Self::Surgery => "surgery",
            Self::Orthopaedics => "orthopaedics",
            Self::EarNoseThroat => "ear-nose-throat",
            Self::Skin => "skin",
            Self::Women => "women",
            Self::Children => "children",
            Self::Radiology => "radiology",
        }
    }

    /// The unit's name.
    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::Medicine => "Medisinsk poliklinikk",
            Self::Surgery => "Kirurgisk poliklinikk",
            Self::Orthopaedics => "Ortopedisk poliklinikk",
            Self::EarNoseThroat => "Øre-nese-halspoliklinikken",
            Self::Skin => "Hudpoliklinikken",
            Self::Women => "Kvinneklinikken",
            Self::Children => "Barne- og ungdomspoliklinikken",
            Self::Radiology => "Radiologisk avdeling",
        }
    }

    /// `serviceCategory` as Helsenorge's appointment profile has it: 30 for radiology, 27 for the rest of specialist care.
    pub(crate) const fn category(self) -> (&'static str, &'static str) {
        match self {
            Self::Radiology => ("30", "Specialist Radiology/Imaging"),
            _ => ("27", "Specialist Medical"),
        }
    }
}

/// What kind of care a provider gives.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    Doctor,
    Nurse,
    Midwife,
    Specialist(Unit),
}

/// One who gives care, with everything a visit refers to.
#[derive(Debug, Clone)]
pub(crate) struct Provider {
    pub(crate) kind: Kind,
    /// A number no other provider has.
    pub(crate) number: u64,
    /// Id of the Practitioner.
    pub(crate) practitioner: String,
    pub(crate) given: &'static str,
    pub(crate) family: &'static str,
    pub(crate) name: String,
    /// Id of the Organization.
    pub(crate) organisation: String,
    pub(crate) organisation_name: String,
    /// Id of the Location.
    pub(crate) location: String,
    pub(crate) diary: Diary,
}

impl Provider {
    /// Id of the Schedule; only general practitioners have one.
    pub(crate) fn schedule(&self) -> String {
        format!("{}-schedule", self.practitioner)
    }
}

/// Number of practices for that many citizens.
pub(crate) fn practices(size: u32) -> usize {
    usize::try_from(size.div_ceil(BLOCK_CITIZENS).max(1)).unwrap_or(1) * BLOCK_PRACTICES
}

/// Id of a practice's Organization.
pub(crate) fn practice_id(practice: usize) -> String {
    format!("practice-{:04}", practice + 1)
}

/// A practice's name: a word of its own and its town.
pub(crate) fn practice_name(practice: usize) -> String {
    const WORDS: [&str; 12] = [
        "Bjørka",
        "Nordlys",
        "Lyng",
        "Havblikk",
        "Elvebakken",
        "Strandkanten",
        "Torget",
        "Festningen",
        "Solsiden",
        "Mjøsa",
        "Brygga",
        "Polarsirkelen",
    ];
    let (index, _) = places::area(practice);
    let word = WORDS.get(index).copied().unwrap_or("Bjørka");
    match practice / places::AREAS.len() {
        0 => format!("{word} legesenter"),
        again => format!("{word} legesenter {}", again + 1),
    }
}

/// Number, name, postcode and city of the town a practice is in.
pub(crate) fn practice_town(practice: usize) -> (&'static str, &'static str, &'static str, &'static str) {
    let (_, area) = places::area(practice);
    let town = area.municipalities.first();
    let (postcode, city) = town.and_then(|t| t.postcodes.first()).copied().unwrap_or(("0452", "Oslo"));
    town.map_or(("0301", "Oslo", postcode, city), |t| (t.number, t.name, postcode, city))
}

fn provider(
    dice: &Dice,
    number: u64,
    kind: Kind,
    practitioner: String,
    place: (String, String),
    today: Date,
) -> Provider {
    let mut dice = dice.fork(3, number);
    let sex = if matches!(kind, Kind::Nurse | Kind::Midwife) || dice.chance(52) { Sex::Female } else { Sex::Male };
    let background = names::background(&mut dice, 2);
    let given = names::given(&mut dice, background, sex, 1978);
    let family = names::surname(&mut dice, background);
    let (organisation, organisation_name) = place;
    Provider {
        kind,
        number,
        practitioner,
        given,
        family,
        name: format!("{given} {family}"),
        location: format!("{organisation}-location"),
        organisation,
        organisation_name,
        diary: Diary::new(today),
    }
}

/// The providers one block of citizens uses.
#[derive(Debug, Clone)]
pub(crate) struct Block {
    /// Number of the block.
    pub(crate) number: usize,
    pub(crate) doctors: Vec<Provider>,
    pub(crate) nurses: Vec<Provider>,
    pub(crate) midwives: Vec<Provider>,
    /// South's units, then north's.
    pub(crate) specialists: Vec<Provider>,
}

impl Block {
    /// The providers of a block, always the same for a seed.
    pub(crate) fn new(dice: &Dice, number: usize, today: Date) -> Self {
        let practices = number * BLOCK_PRACTICES..(number + 1) * BLOCK_PRACTICES;
        let mut block = Self { number, doctors: vec![], nurses: vec![], midwives: vec![], specialists: vec![] };
        for practice in practices {
            for doctor in 0..PRACTICE_DOCTORS {
                let serial = practice * PRACTICE_DOCTORS + doctor + 1;
                let place = (practice_id(practice), practice_name(practice));
                block.doctors.push(provider(
                    dice,
                    serial as u64,
                    Kind::Doctor,
                    format!("gp-{serial:04}"),
                    place,
                    today,
                ));
            }
            let (municipality, town, ..) = practice_town(practice);
            let place =
                (format!("municipality-{municipality}-health-station"), format!("Helsestasjonen, {town} kommune"));
            let number = practice as u64 + 1;
            let nurse = format!("nurse-{number:04}");
            block.nurses.push(provider(dice, 1_000_000 + number, Kind::Nurse, nurse, place.clone(), today));
            let midwife = format!("midwife-{number:04}");
            block.midwives.push(provider(dice, 2_000_000 + number, Kind::Midwife, midwife, place, today));
        }
        for (hospital, (id, name, ..)) in HOSPITALS.iter().enumerate() {
            for (place, unit) in Unit::ALL.into_iter().enumerate() {
                let serial = (number * HOSPITALS.len() + hospital) * Unit::ALL.len() + place + 1;
                let home = (format!("{id}-{}", unit.slug()), format!("{name}, {}", unit.name()));
                let practitioner = format!("specialist-{serial:05}");
                let kind = Kind::Specialist(unit);
                block.specialists.push(provider(dice, 3_000_000 + serial as u64, kind, practitioner, home, today));
            }
        }
        block
    }

    fn practice_in_block(&self, practice: usize) -> usize {
        practice.saturating_sub(self.number * BLOCK_PRACTICES).min(BLOCK_PRACTICES - 1)
    }

    /// Place of a doctor among [`Self::doctors`].
    pub(crate) fn doctor(&self, practice: usize, doctor: usize) -> usize {
        self.practice_in_block(practice) * PRACTICE_DOCTORS + doctor.min(PRACTICE_DOCTORS - 1)
    }

    /// Place of a practice's nurse among [`Self::nurses`], and of its midwife among [`Self::midwives`].
    pub(crate) fn health_station(&self, practice: usize) -> usize {
        self.practice_in_block(practice)
    }

    /// Place of the unit that the practice's people are sent to among [`Self::specialists`].
    pub(crate) fn specialist(practice: usize, unit: Unit) -> usize {
        let (_, area) = places::area(practice);
        let place = Unit::ALL.iter().position(|u| *u == unit).unwrap_or(0);
        usize::from(area.north) * Unit::ALL.len() + place
    }

    /// All providers, for their Practitioner resources.
    pub(crate) fn all(&self) -> impl Iterator<Item = &Provider> {
        self.doctors.iter().chain(&self.nurses).chain(&self.midwives).chain(&self.specialists)
    }
}
