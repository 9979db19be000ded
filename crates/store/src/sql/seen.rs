//! What may be seen, as the engines' statements and walks have it.

use std::sync::Arc;

use varde_fhir::ResourceType;
use varde_rights::{ItemLabel, Service, ServiceSet, may_be};

use crate::engine::SubjectFilter;

use super::builder::{Sql, Value};

/// What may be seen, with patients as numbers.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Seen {
    Services(ServiceSet),
    Subjects(Vec<SeenOf>),
}

/// What may be seen of one patient's data.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct SeenOf {
    /// Number of the patient; 0 is nobody.
    pub(crate) patient: i64,
    services: ServiceSet,
    shared: ServiceSet,
    hidden: ItemLabel,
    released: Arc<[i64]>,
}

impl SeenOf {
    pub(crate) fn of(patient: i64, filter: &SubjectFilter) -> Self {
        let SubjectFilter { services, shared, hidden, released, .. } = filter;
        Self { patient, services: *services, shared: *shared, hidden: *hidden, released: Arc::clone(released) }
    }

    fn shows(&self, rid: i64, service: Service, item: ItemLabel) -> bool {
        let open = self.services.contains(service) || (self.shared.contains(service) && item.any(ItemLabel::SHARED));
        (open && !item.any(self.hidden)) || self.released.binary_search(&rid).is_ok()
    }

    /// The same as a condition on the label columns.
    fn condition(&self) -> Sql {
        let numbers = |set: ServiceSet| set.iter().map(|service| Value::Int(i64::from(service.number())));
        let mut sql = Sql::raw("(r.patient = ");
        sql.int(self.patient).push(" AND (r.service IN ").list(numbers(self.services));
        if !self.shared.is_empty() {
            sql.push(" OR (r.service IN ").list(numbers(self.shared)).push(" AND ");
            sql.add(has(ItemLabel::SHARED)).push(")");
        }
        sql.push(")");
        if self.hidden != ItemLabel::NONE {
            sql.push(" AND NOT ").add(has(self.hidden));
        }
        sql.push(")");
        if self.released.is_empty() {
            return sql;
        }
        let mut either = Sql::raw("(");
        either.add(sql).push(" OR r.rid IN ").list(self.released.iter().map(|rid| Value::Int(*rid))).push(")");
        either
    }
}

/// Whether an item has any of these labels. Some are stored under numbers that are not their bits.
fn has(labels: ItemLabel) -> Sql {
    let mut sql = Sql::raw("((CASE r.item_label");
    for (number, bits) in ItemLabel::REORDERED {
        sql.push(&format!(" WHEN {number} THEN {bits}"));
    }
    sql.push(&format!(" ELSE r.item_label END) & {} <> 0)", labels.bits()));
    sql
}

/// Whether there can be something outside of these services.
fn may_hold_closed(open: ServiceSet, resource_type: Option<ResourceType>) -> bool {
    let mut closed = Service::ALL.into_iter().filter(|service| !open.contains(*service));
    closed.any(|service| resource_type.is_none_or(|its| may_be(its.name(), service)))
}

impl Seen {
    /// Whether a patient's resource with these labels may be seen.
    pub(crate) fn shows(&self, patient: i64, rid: i64, service: Service, item: ItemLabel) -> bool {
        match self {
            Self::Services(services) => services.contains(service),
            Self::Subjects(subjects) => {
                subjects.iter().any(|subject| subject.patient == patient && subject.shows(rid, service, item))
            }
        }
    }
}

/// What may be seen, as conditions on the label columns; of resources of one type, where that is said.
pub(crate) fn seen(seen: &Seen, narrow: bool, resource_type: Option<ResourceType>) -> Sql {
    let services =
        |set: ServiceSet| set.iter().map(|service| Value::Int(i64::from(service.number()))).collect::<Vec<_>>();
    let mut sql = Sql::default();
    match seen {
        // What is closed to programs is of one type alone, so that searches for others ask for nothing.
        Seen::Services(set) if !may_hold_closed(*set, resource_type) => {}
        Seen::Services(set) => {
            sql.push(" AND r.service IN ").list(services(*set));
        }
        Seen::Subjects(subjects) => {
            if narrow {
                sql.push(" AND r.patient IN ").list(subjects.iter().map(|subject| Value::Int(subject.patient)));
            }
            let mut any = Sql::default();
            any.join(subjects.iter().map(SeenOf::condition), " OR ");
            sql.push(" AND (").add(if any.text.is_empty() { Sql::raw("1 = 0") } else { any }).push(")");
        }
    }
    sql
}
