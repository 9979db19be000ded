//! Where a referral stands, when what must be done, and what is late: pure, with the day as a parameter.

use jiff::Timestamp;
use jiff::civil::Date;
use varde_base::date_in_norway;

use super::limits;
use super::model::{Assessment, Deadline, Decision, Progress, Referral, Stage, Status, Step, Visit, VisitState, What};
use crate::shared::working_days_after;

/// For how long an answer is news on the front page, in days.
const NEWS_DAYS: i32 = 30;

/// A referral with what belongs to it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Case {
    /// The referral.
    pub referral: Referral,
    /// What the receiver says in its Task.
    pub assessment: Option<Assessment>,
    /// Appointments, the first first.
    pub visits: Vec<Visit>,
}

/// What was decided: the Task is the receiver's own word, and comes before what the referral says.
pub(super) fn decision(case: &Case) -> Option<Decision> {
    case.assessment.as_ref().and_then(|its| its.decision).or(case.referral.decision)
}

/// When it was assessed.
pub(super) fn assessed(case: &Case) -> Option<Date> {
    let by_task = || case.assessment.as_ref().and_then(|its| its.done.filter(|_| its.decision.is_some()));
    case.referral.assessed.or_else(by_task)
}

/// The last day for the assessment: as the receiver says, else counted from the day it was received.
pub(super) fn assess_by(referral: &Referral) -> Option<Date> {
    referral.assess_by.or_else(|| {
        let received = referral.received?;
        Some(working_days_after(received, limits::assessment_working_days(received)?))
    })
}

/// Whether the receiver has said anything of what comes of it. That they wait for more is no answer yet.
fn is_assessed(case: &Case) -> bool {
    let decided = decision(case).is_some_and(|decision| decision != Decision::MoreInfoNeeded);
    decided || (assessed(case).is_some() && decision(case).is_none()) || !case.visits.is_empty()
}

/// When the help began: at the first appointment that took place. One whose time is past and that nobody has called off did, as far as anybody has
/// said: many hospitals never say more, and nobody is to be told on that account that a deadline was broken.
fn started(case: &Case, now: Timestamp) -> Option<Timestamp> {
    let is_held = |visit: &&Visit| match visit.state {
        VisitState::Fulfilled => true,
        VisitState::Booked => visit.start.is_some_and(|start| start <= now),
        VisitState::Off => false,
    };
    case.visits.iter().filter(is_held).filter_map(|visit| visit.start).min()
}

/// Where it stands.
pub(super) fn stage(case: &Case, now: Timestamp) -> Stage {
    match case.referral.status {
        Status::Revoked => return Stage::Withdrawn,
        Status::Completed => return Stage::Ended,
        Status::OnHold => return Stage::OnHold,
        Status::Active => {}
    }
    match decision(case) {
        Some(Decision::Rejected) => return Stage::Rejected,
        Some(Decision::Redirected) => return Stage::Redirected,
        _ => {}
    }
    if started(case, now).is_some() {
        return Stage::Started;
    }
    let ahead = |visit: &Visit| visit.state == VisitState::Booked && visit.start.is_some_and(|start| start > now);
    if case.visits.iter().any(ahead) {
        return Stage::Scheduled;
    }
    if decision(case) == Some(Decision::MoreInfoNeeded) {
        return Stage::MoreInfo;
    }
    if is_assessed(case) {
        return Stage::Waiting;
    }
    let is_begun = case.assessment.as_ref().is_some_and(|assessment| assessment.is_begun);
    if case.referral.received.is_some() || is_begun { Stage::Assessing } else { Stage::Sent }
}

/// Whether anything is still to come of it.
pub(super) const fn is_open(stage: Stage) -> bool {
    !matches!(stage, Stage::Rejected | Stage::Redirected | Stage::Withdrawn | Stage::Ended)
}

/// The deadline that is next, or was not kept.
pub(super) fn deadline(case: &Case, now: Timestamp) -> Option<Deadline> {
    match stage(case, now) {
        Stage::Sent | Stage::Assessing | Stage::MoreInfo => assess_by(&case.referral).map(Deadline::Assessment),
        // Who gets help without a right to it has no deadline of the law.
        Stage::Waiting | Stage::Scheduled if decision(case) != Some(Decision::GrantedWithoutRight) => {
            case.referral.care_by.map(Deadline::Care)
        }
        _ => None,
    }
}

/// The deadline that was not kept. The day itself is in time.
pub(super) fn broken(case: &Case, now: Timestamp) -> Option<Deadline> {
    deadline(case, now).filter(|deadline| deadline.day() < date_in_norway(now))
}

/// The line in time: what has been, what goes on, what is to come. What lies behind has its day; what is to come has the last one.
pub(super) fn steps(case: &Case, now: Timestamp) -> Vec<Step> {
    let referral = &case.referral;
    let stage = stage(case, now);
    let mut steps = vec![step(What::Sent, referral.sent.clone(), Progress::Done)];
    if let Some(received) = referral.received {
        steps.push(step(What::Received, Some(received.to_string()), Progress::Done));
    }
    steps.extend(assessment(case, stage, now));
    if stage == Stage::OnHold {
        steps.push(step(What::OnHold, None, Progress::Now));
    }
    steps.extend(ahead(case, stage, now));
    match stage {
        Stage::Withdrawn => steps.push(step(What::Withdrawn, None, Progress::Done)),
        Stage::Ended => steps.push(step(What::Ended, None, Progress::Done)),
        _ => {}
    }
    steps
}

const fn step(what: What, when: Option<String>, progress: Progress) -> Step {
    Step { what, when, progress }
}

fn assessment(case: &Case, stage: Stage, now: Timestamp) -> Option<Step> {
    let is_late = matches!(broken(case, now), Some(Deadline::Assessment(_)));
    if is_assessed(case) {
        let when = assessed(case).map(|day| day.to_string());
        return Some(step(What::Assessed(decision(case)), when, Progress::Done));
    }
    let progress = match stage {
        _ if is_late => Progress::Late,
        Stage::Assessing | Stage::MoreInfo => Progress::Now,
        Stage::Sent | Stage::OnHold => Progress::Ahead,
        // Nothing was said of it before it ended.
        _ => return None,
    };
    Some(step(What::Assess, assess_by(&case.referral).map(|day| day.to_string()), progress))
}

/// Appointments in order of time, and among them the day by which the help must have begun, while it has not.
fn ahead(case: &Case, stage: Stage, now: Timestamp) -> Vec<Step> {
    let mut visits: Vec<&Visit> = case.visits.iter().filter(|visit| visit.state != VisitState::Off).collect();
    visits.sort_by_key(|visit| visit.start);
    let mut steps: Vec<(Option<Date>, Step)> = visits
        .into_iter()
        .map(|visit| {
            let past = visit.start.is_some_and(|start| start <= now);
            let progress = if past { Progress::Done } else { Progress::Ahead };
            let when = visit.start.map(|start| start.to_string());
            (visit.start.map(date_in_norway), step(What::Visit(visit.id.clone()), when, progress))
        })
        .collect();
    let waits = matches!(stage, Stage::Waiting | Stage::Scheduled | Stage::OnHold);
    if let Some(day) = case.referral.care_by.filter(|_| waits) {
        let is_late = matches!(broken(case, now), Some(Deadline::Care(_)));
        let progress = if is_late { Progress::Late } else { Progress::Ahead };
        let at = steps.iter().position(|(visit, _)| visit.is_some_and(|visit| visit > day)).unwrap_or(steps.len());
        steps.insert(at, (Some(day), step(What::Care, Some(day.to_string()), progress)));
    } else if stage == Stage::Waiting {
        steps.push((None, step(What::Care, None, Progress::Ahead)));
    }
    steps.into_iter().map(|(_, step)| step).collect()
}

/// Those that are still open and those that are not, each as they were; what is late first of all.
pub(super) fn sorted(cases: Vec<Case>, now: Timestamp) -> (Vec<Case>, Vec<Case>) {
    let (mut open, ended): (Vec<_>, Vec<_>) = cases.into_iter().partition(|case| is_open(stage(case, now)));
    open.sort_by_key(|case| broken(case, now).is_none());
    (open, ended)
}

/// Whether there is something to say of it on the front page: a deadline that was not kept, or an answer of the last days.
pub(super) fn is_news(case: &Case, now: Timestamp) -> bool {
    let today = date_in_norway(now);
    let is_new = |day: Date| (0..=NEWS_DAYS).contains(&(today - day).get_days());
    let is_shown = !matches!(stage(case, now), Stage::Withdrawn | Stage::Ended);
    is_shown && (broken(case, now).is_some() || (is_assessed(case) && assessed(case).is_some_and(is_new)))
}
