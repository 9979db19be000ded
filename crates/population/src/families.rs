//! Households of every kind, drawn from dice: couples, single parents, parents who live apart, people alone, the elderly; and
//! now and then a foster child, a protected address, a guardian or a death.

use jiff::civil::Date;
use varde_base::Language;

use crate::calendar::add_months;
use crate::dice::Dice;
use crate::names::{self, Background};
use crate::people::{Citizen, Draft, Office, Protection, Sex, birth_at_age};
use crate::places::{self, Address, Area};

/// How one person stands to another in the population register.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum TieKind {
    /// A parent with parental responsibility.
    Parent,
    /// A foster parent, by decision of the child welfare service.
    Foster,
    /// A guardian, by decision of the county governor.
    Guardian,
}

/// `person` stands in that way to `of`; both are places in [`Family::citizens`].
#[derive(Debug, Clone)]
pub(crate) struct Tie {
    pub(crate) of: usize,
    pub(crate) person: usize,
    pub(crate) kind: TieKind,
    pub(crate) from: Option<Date>,
    pub(crate) to: Option<Date>,
}

/// A proxy (*fullmakt*) between two adults of [`Family::citizens`].
#[derive(Debug, Clone)]
pub(crate) struct Proxy {
    pub(crate) giver: usize,
    pub(crate) receiver: usize,
    /// Numbers of the service areas, 1 to 3, and 4 for collecting at the pharmacy.
    pub(crate) areas: &'static [u8],
    pub(crate) from: Date,
    pub(crate) to: Option<Date>,
}

/// A parent's consent to a child's own use of the portal (*foreldresamtykke*), both in [`Family::citizens`].
#[derive(Debug, Clone, Copy)]
pub(crate) struct ParentalConsent {
    pub(crate) child: usize,
    pub(crate) parent: usize,
}

/// People who belong together, in one home or more.
#[derive(Debug, Clone, Default)]
pub(crate) struct Family {
    pub(crate) citizens: Vec<Citizen>,
    pub(crate) ties: Vec<Tie>,
    pub(crate) proxies: Vec<Proxy>,
    pub(crate) consents: Vec<ParentalConsent>,
}

impl Family {
    /// A parent, the first named, lets a child of 13-15 use the portal.
    pub(crate) fn consents(&mut self, child: Option<usize>) {
        let of_child = self.ties.iter().find(|tie| tie.kind == TieKind::Parent && Some(tie.of) == child);
        self.consents.extend(of_child.map(|tie| ParentalConsent { child: tie.of, parent: tie.person }));
    }

    /// Adds a citizen and says where; `None` when no number was left.
    pub(crate) fn add(&mut self, office: &mut Office, draft: Draft) -> Option<usize> {
        let citizen = office.register(draft)?;
        self.citizens.push(citizen);
        Some(self.citizens.len() - 1)
    }

    /// Records that `person` is a parent of `child`.
    pub(crate) fn parent(&mut self, child: Option<usize>, person: Option<usize>) {
        self.tie(child, person, TieKind::Parent, None, None);
    }

    pub(crate) fn tie(
        &mut self,
        of: Option<usize>,
        person: Option<usize>,
        kind: TieKind,
        from: Option<Date>,
        to: Option<Date>,
    ) {
        if let (Some(of), Some(person)) = (of, person) {
            self.ties.push(Tie { of, person, kind, from, to });
        }
    }

    pub(crate) fn change(&mut self, place: Option<usize>, how: impl FnOnce(&mut Citizen)) {
        if let Some(citizen) = place.and_then(|p| self.citizens.get_mut(p)) {
            how(citizen);
        }
    }
}

/// The kinds of household, with their share of a hundred families.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
enum Kind {
    Couple,
    CoupleWithChildren,
    SingleParent,
    Apart,
    #[default]
    Alone,
    Elder,
    ElderCouple,
    ElderWithChild,
    Foster,
}

const SHARES: [(i32, Kind); 9] = [
    (15, Kind::Couple),
    (25, Kind::CoupleWithChildren),
    (6, Kind::SingleParent),
    (8, Kind::Apart),
    (27, Kind::Alone),
    (8, Kind::Elder),
    (6, Kind::ElderCouple),
    (4, Kind::ElderWithChild),
    (1, Kind::Foster),
];

/// Most people any kind of household has.
pub(crate) const LARGEST: u32 = 6;

/// One family being put together.
struct Maker<'a> {
    office: &'a mut Office,
    dice: Dice,
    background: Background,
    surname: &'static str,
    address: Address,
    area: &'static Area,
    practice: usize,
    doctor: usize,
    language: Language,
    family: Family,
}

/// Draws a family of at most `room` people for a practice.
pub(crate) fn draw(office: &mut Office, mut dice: Dice, practice: usize, room: u32) -> Family {
    let (_, area) = places::area(practice);
    let background = names::background(&mut dice, area.sami_percent);
    let surname = names::surname(&mut dice, background);
    let address = places::address(&mut dice, area);
    let language = language(&mut dice, background, area);
    let doctor = dice.index(2);
    let kind = if room >= LARGEST { kind(&mut dice) } else { Kind::Alone };
    let family = Family::default();
    let mut maker = Maker { office, dice, background, surname, address, area, practice, doctor, language, family };
    maker.fill(kind);
    maker.parental_consents();
    maker.family
}

fn kind(dice: &mut Dice) -> Kind {
    let mut throw = dice.between(0, 99);
    for (share, kind) in SHARES {
        if throw < share {
            return kind;
        }
        throw -= share;
    }
    Kind::Alone
}

fn language(dice: &mut Dice, background: Background, area: &Area) -> Language {
    match background {
        Background::Sami if dice.chance(60) => Language::Se,
        Background::Immigrant(_) if dice.chance(25) => Language::En,
        Background::Norwegian if dice.chance(area.nynorsk_percent) => Language::Nn,
        _ => Language::Nb,
    }
}

impl Maker<'_> {
    fn fill(&mut self, kind: Kind) {
        match kind {
            Kind::Couple => {
                let age = self.dice.between(24, 69);
                self.couple(age);
            }
            Kind::CoupleWithChildren => {
                let age = self.dice.between(27, 52);
                let parents = self.couple(age);
                let count = self.dice.between(1, 3);
                self.children(count, age, parents);
            }
            Kind::SingleParent => {
                let age = self.dice.between(25, 50);
                let sex = if self.dice.chance(80) { Sex::Female } else { Sex::Male };
                let parent = self.adult(sex, age, "ugift");
                let count = self.dice.between(1, 2);
                self.children(count, age, [parent, None]);
                self.protect();
            }
            Kind::Apart => self.apart(),
            Kind::Alone => {
                let sex = self.sex();
                let age = self.dice.between(18, 69);
                self.adult(sex, age, "ugift");
                self.protect();
            }
            Kind::Elder => self.elder(),
            Kind::ElderCouple => {
                let age = self.dice.between(68, 90);
                self.couple(age);
                self.proxy_within();
            }
            Kind::ElderWithChild => self.elder_with_child(),
            Kind::Foster => self.foster(),
        }
    }

    /// About half of those of 13-15 may use the portal; nobody with a protected address may be represented.
    fn parental_consents(&mut self) {
        let today = self.office.today;
        let young = |citizen: &Citizen| (13..=15).contains(&citizen.age(today)) && citizen.protection.is_none();
        let places: Vec<usize> =
            self.family.citizens.iter().enumerate().filter(|(_, c)| young(c)).map(|(place, _)| place).collect();
        for place in places {
            if self.dice.chance(50) {
                self.family.consents(Some(place));
            }
        }
    }

    fn sex(&mut self) -> Sex {
        if self.dice.chance(50) { Sex::Female } else { Sex::Male }
    }

    fn person(&mut self, sex: Sex, birth: Date, surname: &'static str, marital: &'static str) -> Option<usize> {
        let draft = Draft {
            slug: None,
            given: names::given(&mut self.dice, self.background, sex, birth.year()),
            family: surname,
            sex,
            birth,
            address: self.address.clone(),
            language: self.language,
            marital,
            practice: self.practice,
            doctor: self.doctor,
        };
        self.family.add(self.office, draft)
    }

    fn adult(&mut self, sex: Sex, age: i32, marital: &'static str) -> Option<usize> {
        let birth = birth_at_age(&mut self.dice, self.office.today, age.clamp(18, 104));
        self.person(sex, birth, self.surname, marital)
    }

    /// Two adults of about the same age, in three of a hundred cases of the same sex.
    fn couple(&mut self, age: i32) -> [Option<usize>; 2] {
        let first = self.adult(Sex::Female, age, "gift");
        let second_sex = if self.dice.chance(3) { Sex::Female } else { Sex::Male };
        let second_age = age + self.dice.between(-2, 5);
        let second = self.adult(second_sex, second_age, "gift");
        [first, second]
    }

    /// Children of the parents, none born before the parent of that age was twenty.
    fn children(&mut self, count: i32, parent_age: i32, parents: [Option<usize>; 2]) {
        let oldest = (parent_age - 20).clamp(0, 20);
        let mut age = self.dice.between(0, oldest);
        for _ in 0..count {
            let sex = self.sex();
            let birth = birth_at_age(&mut self.dice, self.office.today, age);
            let child = self.person(sex, birth, self.surname, "ugift");
            // Nobody has parental responsibility for somebody of age.
            if age < 18 {
                for parent in parents.into_iter().filter(Option::is_some) {
                    self.family.parent(child, parent);
                }
            }
            age = (age + self.dice.between(2, 4)) % (oldest + 1);
        }
    }

    /// The children are registered with the mother; the father has parental responsibility and another address.
    fn apart(&mut self) {
        let age = self.dice.between(27, 48);
        let mother = self.adult(Sex::Female, age, "skilt");
        let home = self.address.clone();
        self.address = places::address(&mut self.dice, self.area);
        let father_age = age + self.dice.between(-1, 5);
        let father = self.adult(Sex::Male, father_age, "skilt");
        self.address = home;
        let count = self.dice.between(1, 2);
        self.children(count, age, [mother, father]);
    }

    /// Somebody old who lives alone; some have a guardian, some have died.
    fn elder(&mut self) {
        let sex = self.sex();
        let age = self.dice.between(70, 97);
        let elder = self.adult(sex, age, "enkeEllerEnkemann");
        if self.dice.chance(8) {
            self.address = places::address(&mut self.dice, self.area);
            let guardian = self.adult(Sex::Female, 50, "gift");
            let from = add_months(self.office.today, -self.dice.between(3, 40));
            self.family.tie(elder, guardian, TieKind::Guardian, Some(from), None);
        } else if self.dice.chance(9) {
            let died = add_months(self.office.today, -self.dice.between(1, 24));
            self.family.change(elder, |citizen| citizen.died = Some(died));
        }
    }

    /// An old parent who has given a grown child a proxy.
    fn elder_with_child(&mut self) {
        let sex = self.sex();
        let age = self.dice.between(74, 95);
        let elder = self.adult(sex, age, "enkeEllerEnkemann");
        self.address = places::address(&mut self.dice, self.area);
        let child_sex = self.sex();
        let child_age = age - self.dice.between(22, 34);
        let child = self.adult(child_sex, child_age, "gift");
        self.give_proxy(elder, child);
    }

    fn proxy_within(&mut self) {
        if self.dice.chance(20) {
            self.give_proxy(Some(0), Some(1));
        }
    }

    fn give_proxy(&mut self, giver: Option<usize>, receiver: Option<usize>) {
        let (Some(giver), Some(receiver)) = (giver, receiver) else { return };
        let today = self.office.today;
        let from = add_months(today, -self.dice.between(1, 30));
        let to = self.dice.chance(50).then(|| add_months(today, self.dice.between(2, 24)));
        let areas: &'static [u8] = self.dice.pick(&[&[1, 2, 3][..], &[3], &[1, 3], &[2]]);
        self.family.proxies.push(Proxy { giver, receiver, areas, from, to });
    }

    /// A couple with a foster child, whose own mother lives elsewhere and keeps parental responsibility.
    fn foster(&mut self) {
        let age = self.dice.between(35, 58);
        let parents = self.couple(age);
        let (sex, child_age) = (self.sex(), self.dice.between(1, 15));
        let birth = birth_at_age(&mut self.dice, self.office.today, child_age);
        let surname = names::surname(&mut self.dice, Background::Norwegian);
        let child = self.person(sex, birth, surname, "ugift");
        let from = add_months(birth, 6).max(add_months(self.office.today, -18));
        let to = add_months(self.office.today, 24);
        for parent in parents {
            self.family.tie(child, parent, TieKind::Foster, Some(from), Some(to));
        }
        self.address = places::address(&mut self.dice, self.area);
        let mother_birth = birth_at_age(&mut self.dice, self.office.today, child_age + 24);
        let mother = self.person(Sex::Female, mother_birth, surname, "ugift");
        self.family.parent(child, mother);
    }

    /// A few homes have a protected address; all in the home have it then.
    fn protect(&mut self) {
        let protection = match self.dice.between(0, 99) {
            0 => Protection::StrictlyConfidential,
            1..=2 => Protection::Confidential,
            _ => return,
        };
        for citizen in &mut self.family.citizens {
            citizen.protection = Some(protection);
        }
    }
}
