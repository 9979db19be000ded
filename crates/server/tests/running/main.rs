//! The program as it is run: as a process, over sockets, killed and started again.

#![expect(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test may stop at what it did not expect"
)]

mod access_table;
mod audit_verify;
mod country;
mod ehr;
mod http_cases;
mod kill_booking;
mod kill_emergency;
mod kill_export;
mod kill_import;
mod kill_notify;
mod kill_subscription;
mod mail_subscription;
mod on_postgres;
mod package;
mod real_bundle;
mod reindex;
mod rights;
mod serve;
mod view_run;
