use varde_rights::{Action, Areas, Condition, ConsentLevel, Relation, Service};

use crate::l10n::L10nLanguage;

/// What people call a kind of information.
pub(crate) fn service_name(text: &L10nLanguage, service: Service) -> String {
    match service {
        Service::PrimaryAppointments => text.msg_log_service_primary_appointments(),
        Service::SpecialistAppointments => text.msg_log_service_specialist_appointments(),
        Service::Visits => text.msg_log_service_visits(),
        Service::Person => text.msg_log_service_person(),
        Service::Directory => text.msg_log_service_directory(),
        Service::AccessLog => text.msg_log_service_access_log(),
        Service::Results => text.msg_log_service_results(),
        Service::Medicines => text.msg_log_service_medicines(),
        Service::Referrals => text.msg_log_service_referrals(),
        Service::Record => text.msg_log_service_record(),
        Service::Messages => text.msg_log_service_messages(),
        Service::Vaccines => text.msg_log_service_vaccines(),
        Service::Consents => text.msg_log_service_consents(),
        Service::OtherHealth => text.msg_log_service_other_health(),
        Service::Definitions => text.msg_log_service_definitions(),
        Service::SummaryRecord => text.msg_log_service_summary_record(),
        Service::Consultations => text.msg_log_service_consultations(),
        Service::CoPayments => text.msg_log_service_co_payments(),
        Service::Travel => text.msg_log_service_travel(),
        Service::GpChoice => text.msg_log_service_gp_choice(),
        Service::PrivacySettings => text.msg_log_service_privacy_settings(),
        Service::Proxies => text.msg_log_service_proxies(),
        Service::YouthServices => text.msg_log_service_youth_services(),
        Service::PharmacyPickup => text.msg_log_service_pharmacy_pickup(),
        Service::YouthConsent => text.msg_log_service_youth_consent(),
        Service::Requests => text.msg_log_service_requests(),
        Service::Notifications => text.msg_log_service_notifications(),
    }
}

/// What people call somebody who stands like that; `None` for one no rule speaks of.
pub(crate) fn relation_name(text: &L10nLanguage, relation: Relation) -> Option<String> {
    Some(match relation {
        Relation::Myself => text.msg_rule_book_relation_self(),
        Relation::Parent => text.msg_rule_book_relation_parent(),
        Relation::Guardian => text.msg_rule_book_relation_guardian(),
        Relation::Proxy => text.msg_rule_book_relation_proxy(),
        Relation::AssignedProxy => text.msg_rule_book_relation_assigned_proxy(),
        Relation::NextOfKin => text.msg_rule_book_relation_next_of_kin(),
        Relation::FosterParent => text.msg_rule_book_relation_foster_parent(),
        Relation::Treating => text.msg_rule_book_relation_treating(),
        Relation::Emergency => text.msg_rule_book_relation_emergency(),
        Relation::Coordinating => text.msg_rule_book_relation_coordinating(),
        Relation::BreakingGlass => text.msg_rule_book_relation_break_glass(),
        Relation::Pharmacy => text.msg_rule_book_relation_pharmacy(),
        Relation::SignedIn => text.msg_rule_book_relation_signed_in(),
        Relation::SourceSystem => text.msg_rule_book_relation_source_system(),
        Relation::Admin => text.msg_rule_book_relation_admin(),
        Relation::Platform => text.msg_rule_book_relation_platform(),
        Relation::Stranger => return None,
    })
}

/// What people call what one does.
pub(crate) fn action_name(text: &L10nLanguage, action: Action) -> String {
    match action {
        Action::View => text.msg_rule_book_action_view(),
        Action::Outline => text.msg_rule_book_action_outline(),
        Action::Book => text.msg_rule_book_action_book(),
        Action::Change => text.msg_rule_book_action_change(),
        Action::Cancel => text.msg_rule_book_action_cancel(),
        Action::Renew => text.msg_rule_book_action_renew(),
        Action::Send => text.msg_rule_book_action_send(),
        Action::Write => text.msg_rule_book_action_write(),
    }
}

/// A condition of a rule in words.
pub(crate) fn condition_name(text: &L10nLanguage, condition: Condition) -> String {
    match condition {
        Condition::ParentalConsent => text.msg_rule_book_when_consent(),
        Condition::Level(ConsentLevel::None | ConsentLevel::Basis) => text.msg_rule_book_when_basis(),
        Condition::Level(ConsentLevel::BasisPlus) => text.msg_rule_book_when_basis_plus(),
        Condition::Level(ConsentLevel::Full) => text.msg_rule_book_when_full(),
        Condition::HighAssurance => text.msg_rule_book_when_high(),
        Condition::Area(areas) => text.msg_rule_book_when_area(one_of(text, areas)),
        Condition::Shared => text.msg_rule_book_when_shared(),
        Condition::Opened => text.msg_rule_book_when_opened(),
        Condition::OpenedOutline => text.msg_rule_book_when_opened_outline(),
    }
}

fn one_of(text: &L10nLanguage, areas: Areas) -> String {
    let names = areas.iter().filter_map(|area| area_name(text, area));
    names.reduce(|first, second| text.msg_rule_book_or(first, second)).unwrap_or_default()
}

fn area_name(text: &L10nLanguage, area: Areas) -> Option<String> {
    Some(match area {
        Areas::REGISTERS => text.msg_rule_book_area_registers(),
        Areas::RECORD => text.msg_rule_book_area_record(),
        Areas::SERVICES => text.msg_rule_book_area_services(),
        Areas::PHARMACY => text.msg_rule_book_area_pharmacy(),
        Areas::TIMES => text.msg_rule_book_area_times(),
        Areas::TRAVEL => text.msg_rule_book_area_travel(),
        _ => return None,
    })
}
