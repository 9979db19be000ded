//! Where people live: real municipalities with their numbers (municipal structure from 1 January 2024), each with a few
//! postcodes, gathered in catchment areas around the town that has the practices. Streets are invented and generic.
//!
//! Sources: Statistics Norway's classification of municipalities (KLASS 131) and Bring's postcode register.

use crate::dice::Dice;

/// A municipality.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Municipality {
    /// Four digits, as in KLASS 131.
    pub(crate) number: &'static str,
    pub(crate) name: &'static str,
    pub(crate) postcodes: &'static [(&'static str, &'static str)],
}

/// Municipalities whose people use the same practices, the centre first.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Area {
    pub(crate) municipalities: &'static [Municipality],
    /// Share of families with Sámi names, in percent.
    pub(crate) sami_percent: i32,
    /// Share of people who write Nynorsk, in percent.
    pub(crate) nynorsk_percent: i32,
    /// True when the area uses the hospital in the north.
    pub(crate) north: bool,
}

const fn town(
    number: &'static str,
    name: &'static str,
    postcodes: &'static [(&'static str, &'static str)],
) -> Municipality {
    Municipality { number, name, postcodes }
}

/// The areas; the first three always have a practice, whatever the size of the country.
pub(crate) const AREAS: [Area; 12] = [
    Area {
        municipalities: &[
            town(
                "0301",
                "Oslo",
                &[("0452", "Oslo"), ("0564", "Oslo"), ("0650", "Oslo"), ("0980", "Oslo"), ("1166", "Oslo")],
            ),
            town("3201", "Bærum", &[("1338", "Sandvika"), ("1358", "Jar")]),
            town("3203", "Asker", &[("1383", "Asker")]),
            town("3205", "Lillestrøm", &[("2000", "Lillestrøm")]),
            town("3207", "Nordre Follo", &[("1400", "Ski")]),
        ],
        sami_percent: 1,
        nynorsk_percent: 3,
        north: false,
    },
    Area {
        municipalities: &[
            town("5501", "Tromsø", &[("9008", "Tromsø"), ("9011", "Tromsø"), ("9020", "Tromsdalen")]),
            town("5532", "Balsfjord", &[("9050", "Storsteinnes")]),
            town("5530", "Senja", &[("9300", "Finnsnes")]),
            town("5503", "Harstad", &[("9405", "Harstad")]),
        ],
        sami_percent: 8,
        nynorsk_percent: 2,
        north: true,
    },
    Area {
        municipalities: &[
            town("5610", "Kárášjohka - Karasjok", &[("9730", "Karasjok")]),
            town("5612", "Guovdageaidnu - Kautokeino", &[("9520", "Kautokeino")]),
            town("5628", "Deatnu - Tana", &[("9845", "Tana")]),
            town("5622", "Porsanger - Porsáŋgu - Porsanki", &[("9700", "Lakselv")]),
        ],
        sami_percent: 70,
        nynorsk_percent: 0,
        north: true,
    },
    Area {
        municipalities: &[
            town("4601", "Bergen", &[("5055", "Bergen"), ("5096", "Bergen"), ("5145", "Fyllingsdalen")]),
            town("4626", "Øygarden", &[("5353", "Straume")]),
            town("4621", "Voss", &[("5700", "Voss")]),
            town("4614", "Stord", &[("5411", "Stord")]),
        ],
        sami_percent: 0,
        nynorsk_percent: 35,
        north: false,
    },
    Area {
        municipalities: &[
            town("5001", "Trondheim", &[("7030", "Trondheim"), ("7044", "Trondheim"), ("7088", "Heimdal")]),
            town("5035", "Stjørdal", &[("7503", "Stjørdal")]),
            town("5037", "Levanger", &[("7600", "Levanger")]),
            town("5006", "Steinkjer", &[("7713", "Steinkjer")]),
        ],
        sami_percent: 2,
        nynorsk_percent: 4,
        north: false,
    },
    Area {
        municipalities: &[
            town("1103", "Stavanger", &[("4009", "Stavanger"), ("4019", "Stavanger")]),
            town("1108", "Sandnes", &[("4306", "Sandnes")]),
            town("1106", "Haugesund", &[("5527", "Haugesund")]),
        ],
        sami_percent: 0,
        nynorsk_percent: 20,
        north: false,
    },
    Area {
        municipalities: &[
            town("3301", "Drammen", &[("3015", "Drammen")]),
            town("3905", "Tønsberg", &[("3112", "Tønsberg")]),
            town("3907", "Sandefjord", &[("3210", "Sandefjord")]),
            town("4003", "Skien", &[("3717", "Skien")]),
            town("4001", "Porsgrunn", &[("3916", "Porsgrunn")]),
        ],
        sami_percent: 0,
        nynorsk_percent: 3,
        north: false,
    },
    Area {
        municipalities: &[
            town("3107", "Fredrikstad", &[("1606", "Fredrikstad")]),
            town("3105", "Sarpsborg", &[("1706", "Sarpsborg")]),
            town("3103", "Moss", &[("1530", "Moss")]),
        ],
        sami_percent: 0,
        nynorsk_percent: 1,
        north: false,
    },
    Area {
        municipalities: &[
            town("4204", "Kristiansand", &[("4612", "Kristiansand S"), ("4630", "Kristiansand S")]),
            town("4203", "Arendal", &[("4836", "Arendal")]),
        ],
        sami_percent: 0,
        nynorsk_percent: 8,
        north: false,
    },
    Area {
        municipalities: &[
            town("3403", "Hamar", &[("2317", "Hamar")]),
            town("3405", "Lillehammer", &[("2609", "Lillehammer")]),
            town("3407", "Gjøvik", &[("2815", "Gjøvik")]),
        ],
        sami_percent: 0,
        nynorsk_percent: 10,
        north: false,
    },
    Area {
        municipalities: &[
            town("1508", "Ålesund", &[("6003", "Ålesund")]),
            town("1506", "Molde", &[("6413", "Molde")]),
            town("1505", "Kristiansund", &[("6509", "Kristiansund N")]),
            town("4647", "Sunnfjord", &[("6800", "Førde")]),
        ],
        sami_percent: 0,
        nynorsk_percent: 50,
        north: false,
    },
    Area {
        municipalities: &[
            town("1804", "Bodø", &[("8006", "Bodø")]),
            town("1806", "Narvik", &[("8514", "Narvik")]),
            town("1833", "Rana", &[("8622", "Mo i Rana")]),
            town("5601", "Alta", &[("9510", "Alta")]),
            town("5603", "Hammerfest", &[("9600", "Hammerfest")]),
            town("5605", "Sør-Varanger", &[("9900", "Kirkenes")]),
            town("5607", "Vadsø", &[("9800", "Vadsø")]),
        ],
        sami_percent: 6,
        nynorsk_percent: 2,
        north: true,
    },
];

const STREETS: &[&str] = &[
    "Bjørkeveien",
    "Blåbærstien",
    "Elveveien",
    "Fjellveien",
    "Furuveien",
    "Granveien",
    "Havnegata",
    "Kirkegata",
    "Lyngveien",
    "Multestien",
    "Myrveien",
    "Nordlysveien",
    "Rognebærstien",
    "Skogveien",
    "Skoleveien",
    "Solbakken",
    "Stasjonsgata",
    "Storgata",
    "Strandveien",
    "Tyttebærstien",
    "Utsikten",
    "Vidjeveien",
    "Åsveien",
    "Ørneveien",
];

/// A registered address.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Address {
    pub(crate) line: String,
    pub(crate) postcode: &'static str,
    pub(crate) city: &'static str,
    pub(crate) municipality_number: &'static str,
    pub(crate) municipality_name: &'static str,
}

/// The area of a practice by its number; areas come round again as the country grows, the largest towns first.
pub(crate) fn area(practice: usize) -> (usize, &'static Area) {
    let [first, ..] = &AREAS;
    let index = practice % AREAS.len();
    (index, AREAS.get(index).unwrap_or(first))
}

/// An address in the area, most often in its centre.
pub(crate) fn address(dice: &mut Dice, area: &Area) -> Address {
    let outside = dice.chance(40);
    let index = if outside { dice.index(area.municipalities.len()) } else { 0 };
    let [first, ..] = &AREAS;
    let place = area.municipalities.get(index).or(first.municipalities.first());
    let (number, name, postcodes) = place.map_or(("0301", "Oslo", &[][..]), |m| (m.number, m.name, m.postcodes));
    let (postcode, city) = dice.pick(postcodes);
    let letter = dice.pick(&["", "", "", "A", "B", "C"]);
    let line = format!("{} {}{letter}", dice.pick(STREETS), dice.between(1, 148));
    Address { line, postcode, city, municipality_number: number, municipality_name: name }
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;

    #[test]
    fn municipality_numbers_are_four_digits_and_appear_once() {
        let all: Vec<_> = AREAS.iter().flat_map(|area| area.municipalities).collect();
        assert!(all.len() >= 25);
        let numbers: HashSet<_> = all.iter().map(|m| m.number).collect();
        assert_eq!(numbers.len(), all.len());
        assert!(numbers.iter().all(|n| n.len() == 4 && n.bytes().all(|b| b.is_ascii_digit())));
        for needed in ["0301", "4601", "5001", "5501", "5612", "5610"] {
            assert!(numbers.contains(needed), "{needed}");
        }
        assert!(all.iter().flat_map(|m| m.postcodes).all(|(code, city)| code.len() == 4 && !city.is_empty()));
    }
}
