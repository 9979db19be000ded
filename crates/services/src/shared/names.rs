use varde_rights::Service;

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
        Service::Requests => text.msg_log_service_requests(),
    }
}
