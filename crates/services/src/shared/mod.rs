//! What every slice uses: the state a handler gets, who the page is about, searching and writing in few words.

pub(crate) mod analysis;
mod because;
mod concept;
mod context;
mod dated;
mod derived;
pub(crate) mod event;
mod file;
mod gateway;
pub(crate) mod json;
mod kept;
mod limit;
mod listed;
mod names;
pub(crate) mod news;
mod platform;
mod resource;
mod scan;
mod stand_in;
mod state;
mod stopped;
mod subject;
#[cfg(test)]
pub(crate) mod testing;
pub(crate) mod units;
pub(crate) mod vaccine;
mod visit_kind;
mod visits;
mod workdays;
mod years;

pub(crate) use because::{audience_tag, audience_words, because};
pub(crate) use concept::{plain_words, without_kind};
pub(crate) use context::{Ctx, Why};
pub(crate) use dated::{DatedLine, dated_lines, newest};
pub(crate) use derived::{derived_from_urn, derived_id};
pub use event::{Notice, Told};
pub(crate) use file::{can_be_opened, file_response, named_file_response, opened_file};
pub(crate) use gateway::{find, put, put_changed};
pub(crate) use kept::Kept;
pub(crate) use limit::Limiter;
pub(crate) use listed::{ListedWith, general_practitioners};
pub(crate) use names::{action_name, condition_name, relation_name, service_name};
pub(crate) use platform::{platform, platform_of};
pub(crate) use resource::{Unreadable, replaced};
pub use scan::{FileScan, Verdict};
pub(crate) use stand_in::{GP_LIST, Role, StandIn, day_of, doctor_name, role, stand_in_notes, stand_ins, stand_ins_of};
pub use state::State;
pub(crate) use stopped::stopped_page;
pub(crate) use subject::{access, subject};
pub(crate) use visit_kind::VisitKind;
#[cfg(test)]
pub(crate) use visits::Use;
pub use visits::Visits;
pub(crate) use visits::{Used, count};
pub(crate) use workdays::working_days_after;
pub(crate) use years::by_year;
