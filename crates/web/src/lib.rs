//! How a page is made: the frame, components, texts of the frame, dates in words, forms, failures, and the visitor.
//!
//! Invariant: knows nothing of what a page is about. No rule of the domain, no name of a service, no data.

pub mod assets;
pub mod chart;
pub mod dates;
mod end_sessions;
mod error;
mod files;
mod form;
mod icon;
mod l10n;
mod lang;
pub mod numbers;
mod page;
mod security;
mod subject;
pub mod ui;
mod visitor;

pub use end_sessions::{EndFailed, EndSessions};
pub use error::{PageError, retry_after, status};
pub use files::{FileForm, SentFile};
pub use form::{CSRF_FIELD, FORM_MAX_BYTES, SafeForm, read_fields};
pub use icon::Icon;
pub use lang::{Lang, cookie, keep_language};
pub use page::Page;
pub use security::{api_headers, security_headers};
pub use subject::{SwitchFailed, SwitchSubject};
pub use ui::Tone;
pub use varde_base::Category;
pub use visitor::{ActingFor, CsrfToken, Draft, SignInFirst, Visitor};
