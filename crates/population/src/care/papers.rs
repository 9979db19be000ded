//! What is written about a citizen, and referrals on their way: documents of visits and of a stay in hospital, and for some of the named people each
//! state a referral may be in. No dice are thrown here, so that everything else stays as it is drawn.

use jiff::civil::Date;

use super::Care;
use crate::calendar::add_days;
use crate::people::History;
use crate::providers::{Block, HOSPITALS, Kind, Unit};
use crate::resources::Resource;
use crate::resources::appointment::{Visit, encounter_id};
use crate::resources::clinical::{Outcome, Referral, assessment, opening, referral};
use crate::resources::document::{Document, Holds, Stay, document, stay, summary};

/// From and to which age the content of a referral is opened person by person.
const YOUTH: std::ops::RangeInclusive<i32> = 13..=15;

/// A discharge letter of one page, as a PDF in base64.
const LETTER_PDF: &str = "\
    JVBERi0xLjQKMSAwIG9iajw8L1R5cGUvQ2F0YWxvZy9QYWdlcyAyIDAgUj4+CmVuZG9iagoyIDAgb2JqPDwvVHlwZS9QYWdlcy9LaWRzWzMgMC\
    BSXS9Db3VudCAxPj4KZW5kb2JqCjMgMCBvYmo8PC9UeXBlL1BhZ2UvUGFyZW50IDIgMCBSL01lZGlhQm94WzAgMCA1OTUgODQyXS9Db250ZW50\
    cyA0IDAgUi9SZXNvdXJjZXM8PC9Gb250PDwvRjEgNSAwIFI+Pj4+Pj4KZW5kb2JqCjQgMCBvYmo8PC9MZW5ndGggMTg1Pj4Kc3RyZWFtCkJUIC\
    9GMSAxNCBUZiA3MiA3NjAgVGQgMjAgVEwgKFBvbGlrbGluaXNrIGVwaWtyaXNlIChkZW1vKSkgVGogVCogKCkgVGogVCogKFVuZGVyc/hrdCBw\
    5SBwb2xpa2xpbmlra2VuLiBJbmdlbiB0ZWduIHRpbCBhbHZvcmxpZyBzeWtkb20uKSBUaiBUKiAoVmlkZXJlIG9wcGb4bGdpbmcgaG9zIGZhc3\
    RsZWdlbi4pIFRqIFQqIEVUCmVuZHN0cmVhbQplbmRvYmoKNSAwIG9iajw8L1R5cGUvRm9udC9TdWJ0eXBlL1R5cGUxL0Jhc2VGb250L0hlbHZl\
    dGljYS9FbmNvZGluZy9XaW5BbnNpRW5jb2Rpbmc+PgplbmRvYmoKeHJlZgowIDYKMDAwMDAwMDAwMCA2NTUzNSBmIAowMDAwMDAwMDA5IDAwMD\
    AwIG4gCjAwMDAwMDAwNTMgMDAwMDAgbiAKMDAwMDAwMDEwMyAwMDAwMCBuIAowMDAwMDAwMjE0IDAwMDAwIG4gCjAwMDAwMDA0NDcgMDAwMDAg\
    biAKdHJhaWxlcgo8PC9TaXplIDYvUm9vdCAxIDAgUj4+CnN0YXJ0eHJlZgo1MzQKJSVFT0Y=";

/// What an epikrise says under each heading, as XHTML.
const SUMMARY: [(&str, &str); 5] = [
    ("Årsak til innleggelsen", "<p>Innlagt med feber og dyspné. Akutt debut dagen før.</p>"),
    (
        "Funn og undersøkelser",
        "<p>Auskultasjon: knatrelyder basalt på høyre side.</p><table><tr><th>Prøve</th><th>Inn</th><th>Ut</th></tr>\
         <tr><td>CRP</td><td>142 mg/L</td><td>18 mg/L</td></tr><tr><td>Temperatur</td><td>38,9</td><td>37,1</td></tr></table>",
    ),
    ("Diagnose", "<p>Pneumoni, høyre lunge.</p>"),
    ("Behandling", "<p>Antibiotika intravenøst i to døgn, deretter peroralt. Ukomplisert forløp.</p>"),
    (
        "Videre",
        "<ul><li>Antibiotika i fem dager til.</li><li>Kontroll hos fastlegen om seks uker.</li><li>Ta kontakt ved ny feber.</li></ul>",
    ),
];

/// What is written at a visit that has taken place: by the hospital always, by the doctor for those who have much to read.
pub(super) fn written_at(visit: &Visit<'_>) -> Vec<Resource> {
    let provider = visit.provider;
    let (kind, title, holds) = match provider.kind {
        Kind::Specialist(unit) => (
            ("B03-2", "Poliklinisk notat"),
            format!("Notat fra {}", unit.name()),
            Holds::Text("text/html", hospital_note(visit.reason)),
        ),
        Kind::Doctor if visit.citizen.coming_visits > 0 || visit.citizen.history == History::Long => {
            (("B02-2", "Journalnotat"), visit.reason.to_owned(), Holds::Text("text/plain", doctor_note(visit.reason)))
        }
        Kind::Doctor | Kind::Nurse | Kind::Midwife => return Vec::new(),
    };
    let (id, encounter) = (format!("{}-note", visit.id), encounter_id(&visit.id));
    let note = Document {
        id: &id,
        citizen: visit.citizen,
        kind,
        title,
        author: (&provider.practitioner, &provider.name),
        keeper: (&provider.organisation, &provider.organisation_name),
        day: visit.place.day,
        visit: Some(&encounter),
        referral: visit.referral,
        status: ("current", "final"),
        holds,
    };
    let mut out = document(&note);
    if let Kind::Specialist(_) = provider.kind {
        let id = format!("{}-letter", visit.id);
        let letter = Document {
            id: &id,
            kind: ("A13-2", "Poliklinisk epikrise"),
            title: "Poliklinisk epikrise".to_owned(),
            holds: Holds::File(LETTER_PDF),
            ..note
        };
        // The letter goes out after the first visit of those who have much to read.
        if visit.citizen.coming_visits > 1 || visit.citizen.history == History::Long {
            out.extend(document(&letter));
        }
    }
    out
}

fn doctor_note(reason: &str) -> String {
    format!(
        "# Aktuelt\n{reason}.\n\n# Status\nGod allmenntilstand. Ikke febril. Blodtrykk 128/76.\nAbdomen bløt, uten palpasjonsøm.\n\n\
         # Vurdering og plan\nIkke mistanke om akutt sykdom. Avtaler ny kontroll ved behov."
    )
}

fn hospital_note(reason: &str) -> String {
    format!(
        "<h2>Aktuelt</h2><p>{reason}. Henvist fra fastlege. Anamnese som i henvisningen.</p>\
         <h2>Status</h2><p>Upåfallende ved palpasjon og auskultasjon. Ingen ødem.</p>\
         <h2>Vurdering</h2><p>Benign tilstand. <strong>Konservativ behandling</strong> er å foretrekke.</p>\
         <h2>Plan</h2><ul><li>Videre hos fastlegen.</li><li>Ny henvisning ved residiv.</li></ul>"
    )
}

impl Care<'_> {
    fn has_much_to_read(&self) -> bool {
        self.citizen.history == History::Long || self.citizen.coming_visits > 1
    }

    /// A stay in hospital with its papers, and referrals in every state, for those who have much to read; opened and half opened referrals for
    /// the young.
    pub(super) fn papers(&mut self) {
        let age = self.citizen.age(self.today);
        if self.has_much_to_read() && age >= 18 && self.citizen.died.is_none() {
            self.stay_in_hospital();
            self.referrals_in_every_state();
        }
        if self.citizen.coming_visits > 0 && YOUTH.contains(&age) {
            self.opened_referrals();
        }
    }

    fn stay_in_hospital(&mut self) {
        let (id, nurse, letter) = (self.id("stay"), self.id("document"), self.id("document"));
        let [(hospital, name, ..), _] = HOSPITALS;
        let from = add_days(self.today, -95);
        let Some(doctor) = self.block.specialists.get(Block::specialist(self.citizen.practice, Unit::Medicine)) else {
            return;
        };
        let author = (doctor.practitioner.as_str(), doctor.name.as_str());
        let of = Stay {
            id: &id,
            citizen: self.citizen,
            author,
            keeper: (hospital, name),
            from,
            nights: 3,
            sections: &SUMMARY,
        };
        let mut resources = vec![stay(&of), summary(&of)];
        let paper = |id, kind, title: &str, day, status, text: &str| Document {
            id,
            citizen: of.citizen,
            kind,
            title: title.to_owned(),
            author,
            keeper: of.keeper,
            day,
            visit: Some(of.id),
            referral: None,
            status,
            holds: Holds::Text("text/plain", text.to_owned()),
        };
        resources.extend(document(&paper(
            &nurse,
            ("A04-2", "Sykepleiesammenfatning"),
            "Sykepleiesammenfatning",
            add_days(from, 3),
            ("current", "amended"),
            "Ute av seng fra andre dag. Spiser og drikker selv.\nReiser hjem med pårørende.",
        )));
        resources.extend(document(&paper(
            &letter,
            ("I02-2", "Brev"),
            "Brev sendt til feil pasient",
            add_days(from, 2),
            ("entered-in-error", "entered-in-error"),
            "Dette gjelder en annen.",
        )));
        self.out.extend(resources);
    }

    fn referrals_in_every_state(&mut self) {
        let why_not = "Vi vurderer at oppfølging hos fastlegen er riktig nå.";
        let cases = [
            (-5, Unit::Skin, "Føflekk som har endret seg", Outcome::Assessing),
            (-45, Unit::EarNoseThroat, "Nedsatt hørsel", Outcome::NotAssessed),
            (-150, Unit::Orthopaedics, "Langvarige smerter i kne", Outcome::Granted { care_within_days: 120 }),
            (-40, Unit::Medicine, "Hjertebank", Outcome::Granted { care_within_days: 100 }),
            (-60, Unit::Surgery, "Brokk", Outcome::Rejected(why_not)),
        ];
        for (days, unit, reason, outcome) in cases {
            self.referral_of(add_days(self.today, days), unit, reason, outcome);
        }
    }

    /// Of the first the young person and the parents read everything; of the second the young person learns that it is there.
    fn opened_referrals(&mut self) {
        let open = [("youth", true), ("parents", true)];
        let outlined = [("youth", false)];
        let cases = [
            (-30, "Langvarig hodepine", Outcome::Granted { care_within_days: 90 }, &open[..]),
            (-6, "Samtale om søvn og skole", Outcome::Assessing, &outlined[..]),
        ];
        for (days, reason, outcome, opened) in cases {
            let day = add_days(self.today, days);
            let Some(id) = self.referral_of(day, Unit::Children, reason, outcome) else { return };
            for (audience, content) in opened {
                self.out.push(opening(self.citizen, &id, audience, *content, day));
            }
        }
    }

    /// A referral with what the hospital says of it; its id.
    fn referral_of(&mut self, day: Date, unit: Unit, reason: &str, outcome: Outcome) -> Option<String> {
        let id = self.id("referral");
        let specialist = self.block.specialists.get(Block::specialist(self.citizen.practice, unit))?;
        let doctor = self.block.doctors.get(self.block.doctor(self.citizen.practice, self.citizen.doctor))?;
        let written = Referral { id: &id, citizen: self.citizen, doctor, specialist, unit, reason, day, outcome };
        let resources = [referral(&written, self.today), assessment(&written)];
        self.out.extend(resources);
        Some(id)
    }
}
