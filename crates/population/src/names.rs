//! Names as facts: the commonest given names and surnames by generation and background.
//!
//! Source: Statistics Norway, "Navn" (ssb.no/navn: the most used given names and surnames, and the most popular names by year of
//! birth), for Norwegian and Sámi names and for those with a background elsewhere. Only names that many people bear; any pair of
//! a given name and a surname is drawn by chance, and none is taken from a person.

use crate::dice::Dice;
use crate::people::Sex;

/// Where a family's names come from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Background {
    Norwegian,
    Sami,
    Immigrant(usize),
}

struct Pool {
    women: &'static [&'static str],
    men: &'static [&'static str],
}

const BORN_BEFORE_1950: Pool = Pool {
    women: &[
        "Astrid", "Berit", "Bjørg", "Eva", "Gerd", "Gunvor", "Inger", "Ingrid", "Karin", "Kari", "Liv", "Marit",
        "Randi", "Ruth", "Solveig", "Torill", "Turid", "Unni", "Wenche", "Åse",
    ],
    men: &[
        "Arne", "Arvid", "Bjarne", "Einar", "Finn", "Harald", "Helge", "Kjell", "Knut", "Kåre", "Leif", "Magne", "Odd",
        "Oddvar", "Olav", "Per", "Reidar", "Rolf", "Sverre", "Øyvind",
    ],
};

const BORN_1950_TO_1979: Pool = Pool {
    women: &[
        "Ann",
        "Anita",
        "Anne",
        "Bente",
        "Elin",
        "Elisabeth",
        "Grete",
        "Hanne",
        "Heidi",
        "Hege",
        "Hilde",
        "Kristin",
        "Lene",
        "Linda",
        "Mona",
        "Monica",
        "Nina",
        "Siv",
        "Tone",
        "Trine",
        "Tove",
        "Wenche",
    ],
    men: &[
        "Anders", "Bjørn", "Erik", "Frode", "Geir", "Gunnar", "Hans", "Jan", "Jon", "Kjetil", "Lars", "Morten", "Ole",
        "Pål", "Rune", "Stein", "Svein", "Terje", "Tom", "Tore", "Trond", "Vidar",
    ],
};

const BORN_1980_TO_2004: Pool = Pool {
    women: &[
        "Andrea", "Camilla", "Caroline", "Emilie", "Hanna", "Helene", "Ida", "Ingrid", "Julie", "Karoline", "Kristine",
        "Maria", "Marte", "Martine", "Sara", "Silje", "Sofie", "Stine", "Thea", "Victoria",
    ],
    men: &[
        "Alexander",
        "Andreas",
        "Daniel",
        "Eirik",
        "Fredrik",
        "Henrik",
        "Håkon",
        "Jonas",
        "Kristian",
        "Kristoffer",
        "Magnus",
        "Marius",
        "Markus",
        "Martin",
        "Mathias",
        "Ole",
        "Sander",
        "Sindre",
        "Stian",
        "Thomas",
        "Tobias",
    ],
};

const BORN_FROM_2005: Pool = Pool {
    women: &[
        "Ada", "Amalie", "Astrid", "Aurora", "Ella", "Emma", "Frida", "Hedda", "Ingrid", "Iben", "Leah", "Linnea",
        "Maja", "Nora", "Olivia", "Selma", "Sofia", "Sofie", "Thea", "Tiril",
    ],
    men: &[
        "Aksel", "Elias", "Emil", "Filip", "Håkon", "Isak", "Jakob", "Johannes", "Kasper", "Liam", "Ludvig", "Lukas",
        "Magnus", "Noah", "Odin", "Oliver", "Oskar", "Philip", "Theodor", "William",
    ],
};

const SURNAMES: &[&str] = &[
    "Andersen",
    "Andreassen",
    "Bakke",
    "Bakken",
    "Berg",
    "Berge",
    "Berntsen",
    "Christensen",
    "Dahl",
    "Eide",
    "Eriksen",
    "Gundersen",
    "Hagen",
    "Halvorsen",
    "Hansen",
    "Hanssen",
    "Haug",
    "Haugen",
    "Henriksen",
    "Holm",
    "Iversen",
    "Jacobsen",
    "Jensen",
    "Johannessen",
    "Johansen",
    "Johnsen",
    "Jørgensen",
    "Karlsen",
    "Knutsen",
    "Kristiansen",
    "Kristoffersen",
    "Larsen",
    "Lie",
    "Lund",
    "Lunde",
    "Martinsen",
    "Moe",
    "Moen",
    "Myhre",
    "Nguyen",
    "Nilsen",
    "Nygård",
    "Olsen",
    "Paulsen",
    "Pedersen",
    "Pettersen",
    "Rasmussen",
    "Ruud",
    "Sandvik",
    "Solberg",
    "Solheim",
    "Strand",
    "Strøm",
    "Svendsen",
    "Sæther",
    "Sørensen",
    "Thomassen",
    "Tangen",
    "Tveit",
    "Vik",
];

const SAMI: Pool = Pool {
    women: &[
        "Ánne", "Áile", "Berit", "Biret", "Elen", "Elle", "Inga", "Inger", "Karen", "Láilá", "Máret", "Márjá", "Márge",
        "Risten", "Sárá", "Sunna",
    ],
    men: &[
        "Ánde", "Ánte", "Áslat", "Ailo", "Biera", "Issát", "Johan", "Jovnna", "Juhán", "Klemet", "Mihkkal", "Mikkel",
        "Nils", "Niillas", "Per", "Piera",
    ],
};

const SAMI_SURNAMES: &[&str] = &[
    "Anti",
    "Balto",
    "Boine",
    "Bongo",
    "Buljo",
    "Eira",
    "Gaup",
    "Guttorm",
    "Hætta",
    "Kemi",
    "Nystad",
    "Porsanger",
    "Sara",
    "Somby",
    "Utsi",
    "Varsi",
];

struct Origin {
    women: &'static [&'static str],
    men: &'static [&'static str],
    surnames: &'static [&'static str],
}

const ORIGINS: &[Origin] = &[
    // Poland
    Origin {
        women: &["Agnieszka", "Anna", "Ewa", "Joanna", "Katarzyna", "Magdalena", "Maja", "Zuzanna"],
        men: &["Adam", "Jakub", "Jan", "Krzysztof", "Marcin", "Piotr", "Szymon", "Tomasz"],
        surnames: &["Kaczmarek", "Kowalczyk", "Mazur", "Nowak", "Wójcik", "Woźniak"],
    },
    // Somalia
    Origin {
        women: &["Amina", "Asha", "Ayaan", "Fadumo", "Halima", "Hodan", "Sagal", "Zahra"],
        men: &["Abdi", "Abdullahi", "Ahmed", "Hassan", "Ibrahim", "Ismail", "Mohamed", "Yusuf"],
        surnames: &["Abdi", "Abdullahi", "Ahmed", "Ali", "Hassan", "Mohamed", "Omar", "Warsame"],
    },
    // Pakistan
    Origin {
        women: &["Aisha", "Farah", "Iqra", "Maryam", "Nadia", "Rabia", "Saima", "Zainab"],
        men: &["Adnan", "Bilal", "Hamza", "Imran", "Kashif", "Omar", "Tariq", "Usman"],
        surnames: &["Ahmad", "Akhtar", "Butt", "Hussain", "Iqbal", "Khan", "Mahmood", "Malik"],
    },
    // Ukraine
    Origin {
        women: &["Anastasiia", "Iryna", "Kateryna", "Mariia", "Nataliia", "Oksana", "Olena", "Yuliia"],
        men: &["Andrii", "Artem", "Dmytro", "Ivan", "Maksym", "Mykola", "Oleksandr", "Serhii"],
        surnames: &["Bondarenko", "Boiko", "Kovalenko", "Kravchenko", "Melnyk", "Shevchenko", "Tkachenko"],
    },
    // Vietnam
    Origin {
        women: &["Anh", "Hanh", "Hoa", "Huong", "Lan", "Linh", "Mai", "Thao"],
        men: &["Duc", "Dung", "Hai", "Hung", "Long", "Minh", "Nam", "Tuan"],
        surnames: &["Bui", "Dang", "Le", "Nguyen", "Pham", "Tran", "Vo", "Vu"],
    },
    // Lithuania
    Origin {
        women: &["Aiste", "Egle", "Greta", "Ieva", "Jurga", "Rasa", "Ruta", "Vilma"],
        men: &["Andrius", "Darius", "Jonas", "Lukas", "Mantas", "Mindaugas", "Tomas", "Vytautas"],
        surnames: &["Butkus", "Jankauskas", "Petrauskas", "Stankevicius", "Urbonas"],
    },
    // Syria
    Origin {
        women: &["Amal", "Fatima", "Hala", "Layla", "Lina", "Nour", "Rania", "Rima"],
        men: &["Ahmad", "Anas", "Bashar", "Khaled", "Mahmoud", "Omar", "Samir", "Yousef"],
        surnames: &["Al Ahmad", "Al Ali", "Darwish", "Haddad", "Hamdan", "Ibrahim", "Khalil", "Najjar"],
    },
    // Sri Lanka (Tamil)
    Origin {
        women: &["Abirami", "Kavitha", "Meena", "Priya", "Sangeetha", "Shanthi"],
        men: &["Arun", "Kumar", "Prakash", "Rajan", "Siva", "Suresh"],
        surnames: &["Balasingam", "Kanagasabai", "Nadarajah", "Selvarajah", "Sivakumar"],
    },
    // Eritrea
    Origin {
        women: &["Feven", "Helen", "Luwam", "Rahel", "Saba", "Selam"],
        men: &["Abel", "Daniel", "Filmon", "Henok", "Samuel", "Yonas"],
        surnames: &["Haile", "Kidane", "Mehari", "Tesfay", "Tekle", "Weldu"],
    },
];

/// Draws a background; in the far north Sámi names are common.
pub(crate) fn background(dice: &mut Dice, sami_percent: i32) -> Background {
    let throw = dice.between(0, 99);
    if throw < sami_percent {
        Background::Sami
    } else if throw >= 83 {
        Background::Immigrant(dice.index(ORIGINS.len()))
    } else {
        Background::Norwegian
    }
}

/// A surname of that background.
pub(crate) fn surname(dice: &mut Dice, background: Background) -> &'static str {
    match background {
        Background::Norwegian => dice.pick(SURNAMES),
        Background::Sami => dice.pick(SAMI_SURNAMES),
        Background::Immigrant(origin) => ORIGINS.get(origin).map_or("Hansen", |found| dice.pick(found.surnames)),
    }
}

/// A given name of that background and generation.
pub(crate) fn given(dice: &mut Dice, background: Background, sex: Sex, birth_year: i16) -> &'static str {
    let pool = match background {
        Background::Sami => &SAMI,
        Background::Norwegian => match birth_year {
            ..1950 => &BORN_BEFORE_1950,
            1950..1980 => &BORN_1950_TO_1979,
            1980..2005 => &BORN_1980_TO_2004,
            2005.. => &BORN_FROM_2005,
        },
        Background::Immigrant(origin) => {
            let Some(found) = ORIGINS.get(origin) else { return "Anna" };
            return dice.pick(if sex == Sex::Female { found.women } else { found.men });
        }
    };
    dice.pick(if sex == Sex::Female { pool.women } else { pool.men })
}

/// A name as the local part of an e-mail address: ASCII letters in lower case.
pub(crate) fn mail_part(name: &str) -> String {
    let mut out = String::with_capacity(name.len());
    for c in name.chars().flat_map(char::to_lowercase) {
        match c {
            'a'..='z' | '0'..='9' => out.push(c),
            'æ' => out.push_str("ae"),
            'ø' | 'ó' | 'ö' => out.push('o'),
            'å' | 'á' | 'ä' => out.push('a'),
            'č' | 'ć' => out.push('c'),
            'š' => out.push('s'),
            'ž' | 'ź' | 'ż' => out.push('z'),
            'ŋ' | 'ń' => out.push('n'),
            _ => {}
        }
    }
    out
}
